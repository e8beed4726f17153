"""The short form of ``benchmarks/parity.py``: a real network, step by step from equal weights."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "parity.py"
LOSS = {"float32": 1e-5, "float64": 1e-9}


@pytest.fixture(scope="module")
def parity() -> ModuleType:
    spec = importlib.util.spec_from_file_location("parity", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["parity"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("dtype", LOSS)
def test_losses_and_gradients_lie_as_near_as_torchs_own(parity: ModuleType, dtype: str) -> None:
    steps = parity.parity("seven_layer", batches=8, dtype=dtype, size=6, free=False)["steps"]
    ours = {name: found for name, found in steps.items() if name.startswith("numpy")}
    assert "numpy" in ours
    for found in ours.values():
        assert found["loss_worst"] <= LOSS[dtype]
        assert found["ratio_median_worst_weight"] <= 30
    precise = ours.get("numpy_precise", ours["numpy"])
    assert precise["ratio_median_worst_weight"] <= 10


def test_curves_start_together(parity: ModuleType) -> None:
    curves = parity.parity("lenet5", batches=2, dtype="float32", size=6)["free_running"]
    assert {"torch_contiguous", "torch_channels_last", "numpy"} <= set(curves)
    for curve in curves.values():
        assert curve == pytest.approx(curves["torch_contiguous"], rel=1e-3)
