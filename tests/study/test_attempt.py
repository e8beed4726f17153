from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.study.small import datasets, experiment
from thumblab.core.errors import DivergedError
from thumblab.data import Characters
from thumblab.runs import Run
from thumblab.study.attempt import attempt


@dataclass
class Judge:
    """A trial that is stopped early after so many epochs."""

    most: int = 99
    lost_after: int = 99
    heard: list[float] = field(default_factory=list)
    lost: bool = False

    def report(self, accuracy: float, epoch: int) -> bool:
        self.heard.append(accuracy)
        self.lost = epoch >= self.lost_after
        return epoch >= self.most


def tried(folder: Path, trial: Judge, **changes: Any) -> Any:
    wanted = replace(experiment(), **({"epochs": 3} | changes))
    return list(attempt(wanted, datasets()[Characters()], folder, trial))


def test_a_trial_is_heard_every_epoch_and_leaves_no_weights(tmp_path: Path) -> None:
    trial = Judge()
    found = tried(tmp_path, trial)
    assert [each.epoch for each in found] == [1, 2, 3]
    assert [each.ended for each in found] == [None, None, "done"]
    assert [each.accuracy for each in found] == trial.heard
    (folder,) = tmp_path.iterdir()
    run = Run(folder)
    assert [line["validation_accuracy"] for line in run.metrics] == trial.heard
    assert run.experiment.epochs == 3
    left = [path.name for path in folder.rglob("*") if path.is_file()]
    assert not [name for name in left if name.endswith((".safetensors", ".npz"))]


def test_a_trial_that_is_worse_is_stopped_early(tmp_path: Path) -> None:
    found = tried(tmp_path, Judge(most=2))
    assert [each.ended for each in found] == [None, "pruned"]
    assert not list(tmp_path.rglob("*.safetensors"))


def test_a_pruner_that_comes_after_the_last_epoch_is_not_heard(tmp_path: Path) -> None:
    assert tried(tmp_path, Judge(most=3))[-1].ended == "done"


def test_a_trial_that_another_process_has_replaced_ends(tmp_path: Path) -> None:
    assert [each.epoch for each in tried(tmp_path, Judge(lost_after=2))] == [1]


def test_the_epoch_whose_weights_count_is_ranked(tmp_path: Path) -> None:
    trial = Judge()
    found = tried(tmp_path, trial, restore_best="validation_accuracy", epochs=4)
    assert found[-1].accuracy == max(trial.heard)


def test_a_loss_that_is_not_finite_is_told(tmp_path: Path) -> None:
    with pytest.raises(DivergedError):
        tried(tmp_path, Judge(), optimizer=replace(experiment().optimizer, learning_rate=1e30))
