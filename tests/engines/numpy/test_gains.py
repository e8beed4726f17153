"""``benchmarks/gains.py``: what is left out changes the time of a step and nothing else."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gains", ROOT / "benchmarks" / "gains.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["gains"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GAINS = load()


@pytest.fixture(scope="module")
def whole() -> list[tuple[float, int]]:
    """Losses and correct predictions of three steps of the whole engine."""
    step = GAINS.training({}, "resnet20", 17)
    return [step() for _ in range(3)]


@pytest.fixture
def left_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A step that the engine leaves out for the length of a test."""
    for owner, name, value in GAINS.STEPS[request.param].replace():
        monkeypatch.setattr(owner, name, value)
    found: str = request.param
    return found


@pytest.mark.parametrize("left_out", GAINS.STEPS, indirect=True)
def test_whatever_is_left_out_the_engine_computes_the_same(
    left_out: str, whole: list[tuple[float, int]]
) -> None:
    step = GAINS.training(GAINS.STEPS[left_out].options, "resnet20", 17)
    for loss, _ in whole:
        assert step()[0] == pytest.approx(loss, rel=1e-3)


def test_dense_layers_that_are_not_cut_by_units_compute_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = [GAINS.training({}, "mlp", 33)()[0] for _ in range(2)]
    for owner, name, value in GAINS.STEPS["units"].replace():
        monkeypatch.setattr(owner, name, value)
    assert GAINS.training({}, "mlp", 33)()[0] == pytest.approx(whole[0], rel=1e-5)


def test_gains_are_ratios_within_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {"whole": [1.0, 1.0, 2.0], "fusion": [2.0, 3.0, 2.0]}
    monkeypatch.setattr(GAINS, "Worker", lambda arguments, own: pytest.MonkeyPatch.context())
    monkeypatch.setattr(GAINS, "take_turns", lambda workers, rounds, seconds: dict(taken))
    (found,) = GAINS.measure("vit", 64, ["fusion"], 3)
    assert found == GAINS.Gain("fusion", "vit", 64, 1000.0, 2000.0, 2.0, 1.0)


def test_a_worker_leaves_out_what_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GAINS, "BURST_SECONDS", 1e-3)
    (found,) = GAINS.measure("mlp", 16, ["memory"], 1)
    assert found.gain > 0
    assert found.without_ms > 0
