from pathlib import Path

import pytest

from tests.training.small import experiment, fingerprints, trained
from tests.training.test_loop import stop_after
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.experiment import ReduceOnPlateau, Reduction
from thumblab.experiment.lr_plateau import reduced
from thumblab.optim import EMA, SGD, Adam, OneCycle, learning_rate_at

EVERY = ReduceOnPlateau("validation_accuracy", patience=1, min_delta=0.9)
"""Halves after every epoch but the first."""


def flat(epochs: int) -> list[dict[str, float]]:
    return [{"validation_loss": 1.0}] * epochs


def test_the_rate_falls_by_the_factor_to_the_smallest_and_no_schedule_is_raised() -> None:
    rule = ReduceOnPlateau(patience=1, smallest=0.02)
    assert [reduced(rule, 0.1, flat(count)) for count in range(6)] == pytest.approx(
        [0.1, 0.1, 0.05, 0.025, 0.02, 0.02]
    )
    assert reduced(rule, 0.001, flat(5)) == 0.001


@pytest.mark.parametrize("optimizer", [SGD(0.08), SGD(OneCycle(0.1)), EMA(Adam(0.01))], ids=repr)
def test_any_optimizers_rate_is_halved(tmp_path: Path, optimizer: SGD) -> None:
    run = trained(tmp_path, experiment(optimizer=optimizer, lr_plateau=EVERY))
    plain = [
        learning_rate_at(optimizer.learning_rate, line["step"] - 1, 18) for line in run.metrics
    ]
    assert [line["learning_rate"] for line in run.metrics] == [plain[0], plain[1], plain[2] / 2]
    other = trained(tmp_path / "plain", experiment(optimizer=optimizer))
    assert run.metrics[:2] == other.metrics[:2]
    assert run.metrics[2]["train_loss"] != other.metrics[2]["train_loss"]


@pytest.mark.parametrize("count", [6, 13, 17])
def test_a_stopped_run_ends_bit_identical(tmp_path: Path, count: int) -> None:
    wanted = experiment(lr_plateau=EVERY)
    whole = fingerprints(trained(tmp_path / "whole", wanted))
    stop_after(count, tmp_path / "cut", wanted)
    assert fingerprints(trained(tmp_path / "cut", wanted, resume=True)) == whole


@pytest.mark.parametrize("change", [{"factor": 1.0}, {"factor": 0.0}, {"smallest": -1.0}])
def test_nonsense_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"factor must be in \(0, 1\), and smallest at least 0"):
        ReduceOnPlateau(**change)  # type: ignore[arg-type]


def test_a_rule_without_a_rule_says_what_to_write() -> None:
    with pytest.raises(MissingRuleError, match=r"Reduction does not say .* @reduced\.register"):
        reduced(Reduction(), 0.1, [])


def test_it_serializes() -> None:
    assert from_dict(to_dict(EVERY)) == EVERY
