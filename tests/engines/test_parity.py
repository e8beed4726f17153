"""The short form of ``benchmarks/parity.py``: a real network, step by step from equal weights."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.rounding import MARGIN

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
LOSS = {"float32": 1e-5, "float64": 1e-9}
"""Bounds of losses of networks whose PyTorch float32 lies nearer than a tenth of them."""


@pytest.fixture(scope="module")
def parity() -> Iterator[Any]:
    pytest.importorskip("torch")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("parity")


@pytest.mark.parametrize("dtype", LOSS)
def test_losses_and_gradients_lie_as_near_as_torchs_own(parity: Any, dtype: str) -> None:
    told = {"batches": 8, "dtype": dtype, "size": 6, "free": False}
    steps = parity.parity("seven_layer", smooth=True, **told)["steps"]
    torchs = max(steps[name]["loss_worst"] for name in steps if name.startswith("torch"))
    for name in ("numpy", "numpy_precise"):
        assert steps[name]["loss_worst"] <= max(LOSS[dtype], MARGIN * torchs)
        assert steps[name]["ratio_median_worst_weight"] <= 30
    assert steps["numpy_precise"]["ratio_median_worst_weight"] <= 10


def test_whole_gradients_of_resnet20_lie_within_ten_times_torchs_own(parity: Any) -> None:
    """Without kinks: where a value is nearly at a ReLU's, one rounding decides what learns, and with it
    the processor."""
    told = {"batches": 2, "dtype": "float32", "size": 8, "free": False}
    steps = parity.parity("resnet20", smooth=True, **told)["steps"]
    assert steps["numpy_precise"]["whole"]["median_ratio"] <= MARGIN
    assert steps["numpy"]["whole"]["largest_ratio"] <= MARGIN


def test_the_whole_is_all_gradients_as_one_vector(parity: Any) -> None:
    exact = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]]), "c": np.zeros(2)}
    found = {"a": np.array([3.0, 0.3]), "b": np.array([[4.4]]), "c": np.zeros(2)}
    assert parity.distances(found, exact) == pytest.approx(
        {"a": 0.1, "b": 0.1, "c": 0.0, "whole": 0.1}
    )


def test_curves_start_together(parity: Any) -> None:
    curves = parity.parity("lenet5", batches=2, dtype="float32", size=6)["free_running"]
    assert {"torch_contiguous", "torch_channels_last", "numpy"} <= set(curves)
    for curve in curves.values():
        assert curve == pytest.approx(curves["torch_contiguous"], rel=1e-3)
