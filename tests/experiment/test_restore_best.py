import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset, experiment, fingerprints, trained
from tests.training.test_loop import stop_after
from thumblab.analysis import negative_log_likelihood
from thumblab.core.errors import RunError, UsageError
from thumblab.data import Arrays, Dataset
from thumblab.experiment import EarlyStopping, ReduceOnPlateau
from thumblab.experiment.restore_best import Best, restored
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import EMA, SGD, Schedule
from thumblab.optim.schedule import learning_rate_after
from thumblab.runs import Run
from thumblab.training import steps, train


@dataclass(frozen=True)
class Ruin(Schedule):
    """Learns for three epochs of five, and forgets again."""


@learning_rate_after.register
def ruin(schedule: Ruin, done: float) -> float:
    return schedule.max_lr if done < 0.59 else 10.0


@dataclass(frozen=True)
class Pause(Schedule):
    """Learns nothing in the second epoch of five, which is just as good as the first therefore."""


@learning_rate_after.register
def pause(schedule: Pause, done: float) -> float:
    return 0.0 if 0.19 < done < 0.39 else schedule.max_lr


PLAIN = Sequential(Flatten(), Dense(47))
BEST = experiment(
    model=PLAIN,
    optimizer=SGD(Ruin(0.02), momentum=0.0),
    epochs=5,
    validation=0.4,
    batch=16,
    restore_best="best",
)
"""Nine steps an epoch; the third epoch is the best."""


@pytest.fixture(scope="module")
def best(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("best"), BEST)


def test_the_last_epoch_is_kept_unless_told_otherwise(finished: Run) -> None:
    assert finished.result is not None
    assert (finished.result["restore_best"], finished.result["weights_epoch"]) == (None, 3)


def test_the_first_of_equally_good_epochs_is_the_best() -> None:
    told = [(0.5, 1.0), (0.7, 0.9), (0.7, 0.8), (0.7, 0.8), (0.6, 0.1)]
    lines = [
        {"epoch": i, "validation_accuracy": accuracy, "validation_loss": loss}
        for i, (accuracy, loss) in enumerate(told, 1)
    ]
    assert restored("best", lines)["epoch"] == 3


def test_weights_predictions_and_result_are_of_the_best_epoch(best: Run, tmp_path: Path) -> None:
    line = best.metrics[2]
    assert best.result is not None
    assert (best.result["restore_best"], best.result["weights_epoch"]) == ("best", 3)
    assert best.result["validation_accuracy"] == line["validation_accuracy"]
    logits, labels = (best.predictions[f"validation_{name}"] for name in ("logits", "labels"))
    assert (logits.argmax(1) == labels).mean() == line["validation_accuracy"]
    short = trained(tmp_path, replace(BEST, epochs=3, optimizer=SGD(0.02, momentum=0.0)))
    for name, array in short.trained()[0].items():
        np.testing.assert_array_equal(best.trained()[0][name], array)


def test_averaged_weights_are_kept_as_they_predicted(tmp_path: Path) -> None:
    run = trained(tmp_path, replace(BEST, optimizer=EMA(BEST.optimizer, 0.5)))
    line = restored("best", run.metrics)
    assert line["epoch"] < 5
    logits, labels = (run.predictions[f"validation_{name}"] for name in ("logits", "labels"))
    assert (logits.argmax(1) == labels).mean() == line["validation_accuracy"]


@pytest.mark.parametrize("count", [9, 20, 27, 30, 45])
def test_a_stopped_run_ends_bit_identical(best: Run, tmp_path: Path, count: int) -> None:
    stop_after(count, tmp_path, BEST)
    assert fingerprints(trained(tmp_path, BEST, resume=True)) == fingerprints(best)


TRAIN_BEST = """
import sys
from pathlib import Path
from tests.training.small import trained
from tests.experiment.test_restore_best import BEST
trained(Path(sys.argv[1]), BEST, resume=True)
"""


@pytest.mark.parametrize("point", ["metrics.renamed", "checkpoint.half", "checkpoint.renamed"])
def test_a_kill_inside_a_write_loses_nothing(best: Run, tmp_path: Path, point: str) -> None:
    stop_after(24, tmp_path, BEST)
    command = [sys.executable, "-c", TRAIN_BEST, str(tmp_path)]
    fault = {"THUMBLAB_FAULT": f"{point}:exit"}
    assert subprocess.run(command, env=os.environ | fault, check=False).returncode == 137
    assert fingerprints(trained(tmp_path, BEST, resume=True)) == fingerprints(best)


@pytest.mark.parametrize("count", [18, 27, 30, 36, 45])
def test_a_damaged_newest_checkpoint_only_costs_time(best: Run, tmp_path: Path, count: int) -> None:
    """Even where it is the best one: the state kept before it is spared for that."""
    stop_after(count, tmp_path, BEST)
    newest = Run(next(tmp_path.iterdir())).checkpoints[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    with pytest.warns(UserWarning, match=rf"{newest} is damaged; going on from step \d+"):
        run = trained(tmp_path, BEST, resume=True)
    assert fingerprints(run) == fingerprints(best)


def test_the_best_state_as_of_the_checkpoint_before_is_spared(tmp_path: Path) -> None:
    wanted = replace(BEST, optimizer=SGD(Pause(0.02), momentum=0.0))
    whole = trained(tmp_path / "whole", wanted)
    assert [restored("best", whole.metrics[:count])["epoch"] for count in (1, 2, 3)] == [1, 1, 3]
    run = stop_after(27, tmp_path / "cut", wanted).run
    assert [int(path.stem) for path in run.checkpoints] == [9, 18, 27]
    run.checkpoints[-1].write_bytes(b"")
    with pytest.warns(UserWarning, match="going on from step 18"):
        again = trained(tmp_path / "cut", wanted, resume=True)
    assert fingerprints(again) == fingerprints(whole)
    assert len(again.checkpoints) <= 4


def test_a_lost_best_state_is_told_before_training_goes_on(tmp_path: Path) -> None:
    run = stop_after(41, tmp_path, BEST).run
    step = restored("best", run.metrics)["step"]
    (run.folder / "checkpoints" / f"{step:08d}.safetensors").unlink()
    before = len(run.metrics)
    with pytest.raises(RunError, match=rf"{step:08d}\.safetensors is missing"):
        trained(tmp_path, BEST, resume=True)
    assert len(run.metrics) == before


# ----- Choosing needs images that nobody trained on -----


CHOOSING = pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"restore_best": "best"}, "restore_best"),
        ({"early_stopping": EarlyStopping()}, "early_stopping"),
        (
            {"lr_plateau": ReduceOnPlateau("validation_accuracy"), "restore_best": "best"},
            "lr_plateau and restore_best",
        ),
    ],
)


@CHOOSING
def test_choosing_by_images_that_are_trained_on_is_refused(
    change: dict[str, object], named: str
) -> None:
    with pytest.raises(UsageError, match=f"^{named} would choose .* they are trained on .*'all'"):
        experiment(train_on="all", **change)


@CHOOSING
def test_choosing_by_images_that_are_not_there_is_refused(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    wanted = experiment(validation=0.0, **change)
    said = (
        f"^{named} would choose .* validation is 0 and .* has no validation part of its own; give"
    )
    with pytest.raises(UsageError, match=said):
        next(steps(wanted, runs=tmp_path, workers=1))


@CHOOSING
def test_a_share_of_nothing_chooses_by_a_validation_part_of_the_data_s_own(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    few = dataset()
    data = Dataset("own", few.train, few.test, few.classes, validation=few.train.take(range(47)))
    wanted = experiment(validation=0.0, epochs=1, data=Arrays.of(data), **change)
    *_, last = train(wanted, runs=tmp_path, workers=1)
    run = last.run
    assert run.result is not None
    assert run.result["validation_images"] == 47


def test_choosing_by_training_loss_is_allowed_on_all_images(tmp_path: Path) -> None:
    rules = {
        "early_stopping": EarlyStopping("train_loss", 1),
        "lr_plateau": ReduceOnPlateau("train_loss", patience=1),
    }
    run = trained(tmp_path, experiment(train_on="all", **rules))
    assert run.result is not None
    assert (run.result["train_on"], run.result["train_images"]) == ("all", 235)


def test_too_few_images_to_choose_by_are_told_before_training(tmp_path: Path) -> None:
    few = dataset()
    tiny = Dataset("tiny", few.train.take(np.arange(0, 235, 5)), few.test, few.classes)
    wanted = experiment(restore_best="best", validation=0.01, data=Arrays.of(tiny))
    with pytest.raises(UsageError, match="tiny is so small that there are none; raise the valid"):
        next(steps(wanted, runs=tmp_path, workers=1))


@pytest.mark.parametrize(
    ("best", "epoch"),
    [("validation_accuracy", 1), ("validation_loss", 3), ("validation_cross_entropy", 2),
     ("best", 2), (None, 4)],
)  # fmt: skip
def test_the_best_epoch_is_that_of_the_measure_named(best: Best, epoch: int) -> None:
    names = ("epoch", "validation_accuracy", "validation_loss", "validation_cross_entropy")
    told = [(1, 0.7, 2.0, 1.5), (2, 0.7, 1.9, 1.2), (3, 0.6, 1.0, 1.3), (4, 0.5, 1.5, 1.4)]
    lines = [dict(zip(names, each, strict=True)) for each in told]
    assert restored(best, lines)["epoch"] == epoch


@pytest.mark.parametrize("best", ["validation_loss", "validation_cross_entropy"])
def test_a_run_ends_with_the_weights_of_the_epoch_of_least_loss(tmp_path: Path, best: Best) -> None:
    run = trained(tmp_path, replace(BEST, restore_best=best, loss=CrossEntropy(0.3)))
    least = min(run.metrics, key=lambda line: float(line[best]))
    assert run.result is not None
    assert run.result["weights_epoch"] == least["epoch"] < 5
    plain = negative_log_likelihood(
        run.predictions["validation_logits"], run.predictions["validation_labels"]
    )
    assert plain == pytest.approx(least["validation_cross_entropy"], rel=1e-5)


def test_restore_best_is_one_of_a_few() -> None:
    with pytest.raises(UsageError, match="restore_best is 'first'; give "):
        experiment(restore_best="first")


def test_a_run_of_all_images_names_it(tmp_path: Path) -> None:
    run = trained(tmp_path, experiment(train_on="all", epochs=1))
    assert json.loads((run.folder / "result.json").read_text())["train_on"] == "all"
