from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.training.small import experiment, fingerprints, trained
from tests.training.test_loop import stop_after
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.experiment import EarlyStopping, StopRule
from thumblab.experiment.early_stopping import stops
from thumblab.runs import Run


@dataclass(frozen=True)
class AfterTwo(StopRule):
    """A user's own."""


@stops.register
def after_two(rule: AfterTwo, lines: Sequence[Any]) -> bool:
    return len(lines) == 2


@dataclass(frozen=True)
class Unruly(StopRule):
    """Has no rule."""


def test_early_stopping_stops_at_the_first_plateau() -> None:
    rule = EarlyStopping(patience=2)
    losses = [{"validation_loss": loss} for loss in (2.0, 1.0, 1.5, 1.2, 0.1)]
    assert [stops(rule, losses[:count]) for count in range(6)] == [False] * 4 + [True] * 2


def test_a_run_ends_there_and_says_why(tmp_path: Path) -> None:
    run = trained(tmp_path, experiment(early_stopping=AfterTwo()))
    assert run.result is not None
    assert (run.result["epochs"], run.result["steps"], len(run.metrics)) == (2, 12, 2)
    assert run.result["reason"] == "AfterTwo() stopped it after epoch 2 of 3"
    assert run.result["weights_epoch"] == 2
    full = trained(tmp_path / "full")
    assert full.metrics[:2] == run.metrics  # the schedule is that of the whole run
    assert full.result is not None
    assert full.result["reason"] is None


@pytest.mark.parametrize("count", [3, 6, 11, 12])
def test_a_stopped_run_resumes_to_the_same_end(tmp_path: Path, count: int) -> None:
    wanted = experiment(epochs=6, early_stopping=EarlyStopping("validation_accuracy", 1, 0.9))
    whole = trained(tmp_path / "whole", wanted)
    assert len(whole.metrics) == 2
    stop_after(count, tmp_path / "cut", wanted)
    assert Run(next((tmp_path / "cut").iterdir())).status == "unfinished"
    assert fingerprints(trained(tmp_path / "cut", wanted, resume=True)) == fingerprints(whole)


def test_a_rule_without_a_rule_says_what_to_write() -> None:
    with pytest.raises(MissingRuleError, match=r"Unruly does not say when .* @stops\.register"):
        stops(Unruly(), [])


def test_what_it_looks_at_says_whether_it_needs_validation() -> None:
    assert EarlyStopping().needs_validation
    assert not EarlyStopping("train_accuracy").needs_validation
    with pytest.raises(UsageError, match="metric is 'loss'; choose validation_loss or"):
        EarlyStopping("loss")  # type: ignore[arg-type]


def test_it_serializes() -> None:
    rule = EarlyStopping("train_loss", 3, 0.5)
    assert from_dict(to_dict(rule)) == rule
