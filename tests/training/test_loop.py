import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import WORKERS, dataset, experiment, fingerprints, trained
from thumblab.core.errors import DivergedError, RunError, ShapeError, UsageError, WriteError
from thumblab.data import Characters
from thumblab.engines.numpy import Network
from thumblab.experiment import Experiment
from thumblab.experiment.experiment import parts
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.losses import CrossEntropy, Loss, loss_and_grad
from thumblab.optim import SGD, Optimizer, update
from thumblab.runs import Run
from thumblab.runs.states import last_checkpoint
from thumblab.storage.checkpoint import load_arrays
from thumblab.training import Progress, steps, train

PLAIN = Sequential(Flatten(), Dense(47))


def stop_after(
    count: int, folder: Path, wanted: Experiment | None = None, **options: Any
) -> Progress:
    """Trains ``count`` steps and closes the generator; what the last step said."""
    generator = steps(
        wanted or experiment(), dataset=dataset(), runs=folder, workers=WORKERS, **options
    )
    progress = [next(generator) for _ in range(count)][-1]
    generator.close()  # type: ignore[attr-defined]
    return progress


def test_epochs_are_yielded_in_order(finished: Run) -> None:
    epochs = list(train(experiment(), dataset=dataset(), runs=finished.folder.parent))
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert [epoch.epochs for epoch in epochs] == [3, 3, 3]
    assert all(0 <= epoch.train_accuracy <= 1 for epoch in epochs)
    assert epochs[-1].train_loss < epochs[0].train_loss
    assert str(epochs[0]).startswith("epoch 1/3  train loss ")
    assert "validation loss" in str(epochs[0])


def test_steps_are_counted_and_the_last_of_an_epoch_says_so(tmp_path: Path) -> None:
    seen = list(steps(experiment(epochs=2), dataset=dataset(), runs=tmp_path, workers=WORKERS))
    assert [p.step for p in seen] == list(range(1, 13))
    assert {p.steps for p in seen} == {12}
    assert [p.step for p in seen if p.finished] == [6, 12]
    assert all(p.images_per_second > 0 for p in seen)
    assert seen[5].finished is not None
    assert seen[5].loss == seen[5].finished.train_loss


@pytest.mark.parametrize("count", [1, 8, 12, 17, 18])
def test_a_stopped_run_ends_bit_identical(finished: Run, tmp_path: Path, count: int) -> None:
    stop_after(count, tmp_path)
    assert Run(next(tmp_path.iterdir())).status == "unfinished"
    assert fingerprints(trained(tmp_path, resume=True)) == fingerprints(finished)


def test_a_run_stopped_again_and_again_ends_bit_identical(finished: Run, tmp_path: Path) -> None:
    for stop in range(3):
        stop_after(4 + stop // 2, tmp_path, resume=True)
    assert fingerprints(trained(tmp_path, resume=True)) == fingerprints(finished)


def test_closing_the_epochs_saves_the_step_reached(tmp_path: Path) -> None:
    epochs = train(experiment(), dataset=dataset(), runs=tmp_path, workers=WORKERS)
    run = next(epochs).run
    epochs.close()  # type: ignore[attr-defined]
    found = last_checkpoint(run)
    assert found is not None
    assert found[1]["step"] == 6


def test_a_failure_while_closing_is_raised_and_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    epochs = train(experiment(), dataset=dataset(), runs=tmp_path, workers=WORKERS)
    next(epochs)
    monkeypatch.setenv("THUMBLAB_FAULT", "checkpoint.half:full")
    with pytest.raises(WriteError, match="No space left on device"):
        epochs.close()  # type: ignore[attr-defined]


def test_epochs_recorded_before_a_stop_come_first_when_it_goes_on(tmp_path: Path) -> None:
    stop_after(8, tmp_path)
    epochs = list(train(experiment(), dataset=dataset(), runs=tmp_path, resume=True))
    assert [epoch.number for epoch in epochs] == [1, 2, 3]


def test_a_finished_run_is_not_trained_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("trained again")

    before = fingerprints(run)
    monkeypatch.setattr(sys.modules["thumblab.training.loop"], "Trainer", never)
    for resume in (False, True):
        epochs = list(train(experiment(), dataset=dataset(), runs=run.folder.parent, resume=resume))
        assert [epoch.train_loss for epoch in epochs] == [m["train_loss"] for m in run.metrics]
    assert fingerprints(run) == before


def test_an_unfinished_run_is_only_continued_when_asked(tmp_path: Path) -> None:
    stop_after(8, tmp_path)
    with pytest.raises(
        UsageError, match=r"unfinished run .*\(1 of 3 epochs\); resume it, or delete"
    ):
        list(train(experiment(), dataset=dataset(), runs=tmp_path))


def test_a_run_that_trains_in_this_process_is_locked_too(tmp_path: Path) -> None:
    """It was said to be trained by another process, for which the user could wait for ever."""
    first = steps(experiment(), dataset=dataset(), runs=tmp_path, workers=1)
    next(first)
    with pytest.raises(UsageError, match="by this process already; close the generator"):
        next(steps(experiment(), dataset=dataset(), runs=tmp_path, resume=True))
    first.close()  # type: ignore[attr-defined]


def test_repeats_are_bit_identical_and_another_seed_is_not(finished: Run, tmp_path: Path) -> None:
    assert fingerprints(trained(tmp_path)) == fingerprints(finished)
    other = fingerprints(trained(tmp_path, experiment(seed=5)))
    assert not set(other.values()) & set(fingerprints(finished).values())


def test_the_label_is_in_the_result_and_changes_no_number(finished: Run, tmp_path: Path) -> None:
    run = trained(tmp_path, experiment(label="tiny"))
    assert run.folder.name == finished.folder.name
    assert run.result is not None
    assert run.result["model"] == "tiny"
    assert fingerprints(run)["metrics.jsonl"] == fingerprints(finished)["metrics.jsonl"]


def test_data_are_read_from_their_source_and_a_subset_is_enough(tmp_path: Path) -> None:
    small = experiment(data=Characters(), model=PLAIN, subset=150, epochs=1, augment=())
    run = list(train(small, runs=tmp_path, workers=1))[-1].run
    assert run.result is not None
    assert (run.result["train_images"], run.result["validation_images"]) == (150, 1880)
    assert run.result["validation_accuracy"] > 2 / 47


def test_without_validation_images_there_are_no_validation_numbers(tmp_path: Path) -> None:
    run = trained(tmp_path, experiment(model=PLAIN, validation=0.0, epochs=1))
    assert run.metrics[0]["validation_loss"] is None
    assert sorted(run.predictions) == ["test_labels", "test_logits"]
    epochs = list(train(run.experiment, dataset=dataset(), runs=tmp_path))
    assert "validation" not in str(epochs[0])


@pytest.mark.parametrize("engine", ["numpy", "reference"])
def test_it_learns(tmp_path: Path, engine: str) -> None:
    wanted = experiment(
        model=PLAIN, epochs=12, augment=(), engine=engine, optimizer=SGD(0.05), batch=47
    )
    run = trained(tmp_path, wanted)
    assert run.metrics[-1]["train_accuracy"] > 0.9
    assert run.metrics[-1]["validation_accuracy"] > 0.3


def test_a_model_that_does_not_fit_the_data_is_refused_before_training(tmp_path: Path) -> None:
    few = Sequential(Flatten(), Dense(10))
    with pytest.raises(
        ShapeError, match=r"writes \(10,\) but few has 47 classes; end it with Dense"
    ):
        trained(tmp_path, experiment(model=few))


# ----- Divergence -----


@dataclass(frozen=True)
class Poisoned(Optimizer):
    """Writes NaN into the weights at one step, as an overflowing gradient would."""

    learning_rate: float = 0.01
    at: int = 8


@update.register
def poisoned(
    optimizer: Poisoned, weight: Any, grad: Any, slots: dict[str, Any], lr: float, count: int
) -> None:
    weight -= lr * grad
    if count == optimizer.at:
        weight[...] = np.nan


@dataclass(frozen=True)
class NotANumber(Loss):
    """Is not finite from the first batch on."""


@loss_and_grad.register
def not_a_number(loss: NotANumber, logits: Any, targets: Any, part: Any) -> tuple[float, Any]:
    return float("nan"), loss_and_grad(CrossEntropy(), logits, targets, part)[1]


DEEP = Sequential(Flatten(), Dense(32), Dense(32), Dense(47))
DIVERGING: dict[str, Callable[[], Experiment]] = {
    "a rate of 1e6": lambda: experiment(model=DEEP, optimizer=SGD(1e6), epochs=9),
    "a rate of 1e30": lambda: experiment(optimizer=SGD(1e30), epochs=9),
    "a rate of 1e30 whose losses stay finite": lambda: experiment(
        optimizer=SGD(1e30), epochs=9, seed=1
    ),
    "NaN in the weights": lambda: experiment(optimizer=Poisoned()),
    "NaN at once": lambda: experiment(loss=NotANumber()),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seconds", [60, -1], ids=["saved-by-epoch", "saved-by-step"])
@pytest.mark.parametrize("why", DIVERGING)
def test_a_diverging_run_stops_is_recorded_and_keeps_the_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str, seconds: int
) -> None:
    module = sys.modules["thumblab.training.loop"]  # the package has a function of this name
    monkeypatch.setattr(module, "SECONDS_BETWEEN_CHECKPOINTS", seconds)
    wanted = DIVERGING[why]()
    with pytest.raises(
        DivergedError, match=r" became (nan|inf|infinite) in epoch \d+, batch \d+, "
    ):
        trained(tmp_path, wanted)
    run = Run.open(next(tmp_path.iterdir()))
    assert run.status == "diverged"
    assert run.result is not None
    assert "try a lower learning rate or a warmup" in run.result["reason"]
    assert ("before any step" in run.result["reason"]) == (run.result["steps"] == 0)
    assert "NaN" not in (run.folder / "result.json").read_text()
    assert all(np.isfinite(line["train_loss"]) for line in run.metrics)
    assert ("is in checkpoints/" in run.result["reason"]) == bool(run.checkpoints)
    for path in run.checkpoints:
        state, _ = load_arrays(path)
        assert state
        assert all(np.isfinite(array).all() for array in state.values())
    for resume in (False, True):
        with pytest.raises(DivergedError, match=r"became (nan|inf|infinite) in epoch"):
            trained(tmp_path, wanted, resume=resume)


# ----- Faults -----


@pytest.mark.parametrize(
    "point",
    [
        "metrics.half",
        "checkpoint.half",
        "checkpoint.written",
        "weights.half",
        "predictions.written",
        "result.half",
    ],
)
def test_a_full_disk_loses_nothing(
    finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    stop_after(8, tmp_path)
    run = Run(next(tmp_path.iterdir()))
    monkeypatch.setenv("THUMBLAB_FAULT", f"{point}:full")
    with pytest.raises(WriteError, match="No space left on device"):
        trained(tmp_path, resume=True)
    monkeypatch.delenv("THUMBLAB_FAULT")
    assert run.status == "unfinished"
    assert last_checkpoint(run) is not None
    assert fingerprints(trained(tmp_path, resume=True)) == fingerprints(finished)


TRAIN_ALL = """
import sys
from pathlib import Path
from tests.training.small import trained
trained(Path(sys.argv[1]), resume=True)
"""


@pytest.mark.parametrize(
    "point",
    [
        "experiment.written",
        "environment.half",
        "checkpoint.half",
        "checkpoint.renamed",
        "weights.written",
        "predictions.half",
        "result.half",
        "result.renamed",
    ],
)
def test_a_kill_inside_a_write_loses_nothing(finished: Run, tmp_path: Path, point: str) -> None:
    command = [sys.executable, "-c", TRAIN_ALL, str(tmp_path)]
    ended = subprocess.run(
        command, env=os.environ | {"THUMBLAB_FAULT": f"{point}:exit"}, check=False
    )
    assert ended.returncode == 137
    run = trained(tmp_path, resume=True)
    assert run.status == "done"
    assert fingerprints(run) == fingerprints(finished)
    assert not list(run.folder.rglob(".*.tmp.*"))


def test_a_damaged_newest_checkpoint_only_costs_time(finished: Run, tmp_path: Path) -> None:
    stop_after(14, tmp_path)
    run = Run(next(tmp_path.iterdir()))
    newest = run.checkpoints[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    with pytest.warns(UserWarning, match=rf"{newest} is damaged; going on from step 12"):
        assert fingerprints(trained(tmp_path, resume=True)) == fingerprints(finished)


def test_metrics_that_have_lost_epochs_are_not_papered_over(tmp_path: Path) -> None:
    stop_after(14, tmp_path)
    run = Run(next(tmp_path.iterdir()))
    (run.folder / "metrics.jsonl").write_text("")
    with pytest.raises(RunError, match=r"has 0 epochs where the checkpoint has 2; restore it, or"):
        trained(tmp_path, resume=True)


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_torn_line_of_metrics_is_written_again(finished: Run, tmp_path: Path, cut: int) -> None:
    """The epoch's line is written before its checkpoint, so a kill may leave half a line too many."""
    stop_after(8, tmp_path)
    path = Run(next(tmp_path.iterdir())).folder / "metrics.jsonl"
    path.write_bytes(path.read_bytes() + (finished.folder / "metrics.jsonl").read_bytes()[:cut])
    assert fingerprints(trained(tmp_path, resume=True)) == fingerprints(finished)


def test_every_epoch_has_an_order_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sample once an epoch, and never in the order of the epoch before."""
    seen: list[np.ndarray] = []
    step = Network.train_step
    part, _ = parts(experiment(), dataset())
    numbers = {image.tobytes(): number for number, image in enumerate(part.images)}
    assert len(numbers) == 188

    def noted(self: Network, batch: Any, targets: Any, **options: Any) -> Any:
        seen.append(np.array([numbers[image.tobytes()] for image in batch]))
        return step(self, batch, targets, **options)

    monkeypatch.setattr(Network, "train_step", noted)
    trained(tmp_path, experiment(model=PLAIN))
    orders = [np.concatenate(seen[epoch * 6 : epoch * 6 + 6]) for epoch in range(3)]
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), np.arange(188))
    assert (orders[0] != orders[1]).any()
    assert (orders[1] != orders[2]).any()
    assert [len(rows) for rows in seen[:6]] == [33] * 5 + [23]
