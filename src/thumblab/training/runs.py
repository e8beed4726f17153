"""A run folder: what one experiment left on disk.

experiment.json     the experiment, the data's fingerprint, the full key
environment.json    versions, machine, shards, command
metrics.jsonl       a line an epoch; no times, so that it repeats bit for bit
checkpoints/        <step>.safetensors: the last two states, and that of the best epoch if it is kept
weights.safetensors the trained network: weights, classes, normalisation
predictions.npz     logits and labels of the validation and the test images, with and without views
evaluations.jsonl   a line for every time the test set was looked at
result.json         written last: its presence means the run is over
"""

from __future__ import annotations

import io
import shutil
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import RunError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.training import checkpoint, files
from thumblab.training.class_logits import class_logits
from thumblab.training.experiment import Experiment
from thumblab.training.lock import locked
from thumblab.training.old_lines import both_losses

SCHEMA = 1
KEPT_CHECKPOINTS = 2


@dataclass(frozen=True)
class Run:
    """A run folder, read when asked.

    Attributes:
        folder: Where it lies; its name is the first 12 hex digits of the key.
    """

    folder: Path

    @classmethod
    def open(cls, folder: Path | str) -> Run:
        """The run in ``folder``.

        Raises:
            RunError: If it is no run folder, or one that a newer thumblab wrote.
        """
        run = cls(Path(folder))
        about = files.read_json(run.folder / "experiment.json")
        schema = about.get("schema", 0) if isinstance(about, dict) else None
        if not isinstance(schema, int):
            raise RunError(f"{folder}/experiment.json describes no experiment; train again")
        if schema > SCHEMA:
            raise RunError(
                f"{folder} was written by a newer thumblab (schema {schema}, this one reads "
                f"{SCHEMA}); upgrade with pip install -U thumblab"
            )
        return run

    @cached_property
    def about(self) -> dict[str, Any]:
        """``experiment.json`` as it stands."""
        return dict(files.read_json(self.folder / "experiment.json"))

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment that was run."""
        experiment = from_dict(self.about["experiment"])
        if not isinstance(experiment, Experiment):
            raise RunError(f"{self.folder}/experiment.json holds no experiment; train again")
        return experiment

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """One entry an epoch: epoch, step, rate, two losses and the accuracy of both parts.

        ``..._loss`` is the loss that is trained, ``..._cross_entropy`` the plain one over the classes.
        """
        lines = files.whole_lines(self.folder / "metrics.jsonl")
        return both_losses(lines, lambda: self.experiment.loss)

    @property
    def result(self) -> dict[str, Any] | None:
        """``result.json``, or None while the run is not over."""
        path = self.folder / "result.json"
        return dict(files.read_json(path)) if path.exists() else None

    @property
    def status(self) -> str:
        """``done``, ``diverged`` or ``unfinished``."""
        result = self.result
        return "unfinished" if result is None else str(result["status"])

    @property
    def damage(self) -> str | None:
        """Why what the run says of itself cannot be read, or None if it can; arrays are not tried."""
        try:
            run = Run.open(self.folder)
            _ = (
                dict(run.about["experiment"]),
                run.status,
                run.test_accuracy,
                [*map(dict, run.metrics)],
            )
        except RunError as error:
            return str(error)
        except (KeyError, TypeError, ValueError, OSError) as error:
            return f"{self.folder} is damaged ({type(error).__name__}: {error}); train again"
        return None

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        """Every evaluation on a test set so far."""
        return files.whole_lines(self.folder / "evaluations.jsonl")

    @property
    def test_accuracy(self) -> float | None:
        """Share of the run's own test images that are right in a single view; None if nobody looked."""
        own = [line["accuracy"] for line in self.evaluations if line["data"] == "own"]
        return own[-1] if own else None

    @cached_property
    def predictions(self) -> dict[str, NDArray[Any]]:
        """``{validation,test}_{logits,labels,views_logits}``; absent parts have no entry."""
        self._require_done()
        path = self.folder / "predictions.npz"
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                found = {name: stored[name] for name in stored.files}
        except Exception as error:
            raise RunError(
                f"{path} is missing or damaged ({error}); train with --resume to write it"
            ) from error
        return class_logits(found, self.folder / "weights.safetensors")

    def trained(self) -> tuple[checkpoint.Arrays, dict[str, Any]]:
        """Weights by path, and what is needed to use them: shape, classes, shift and scale."""
        self._require_done()
        return checkpoint.load_arrays(self.folder / "weights.safetensors")

    def _require_done(self) -> None:
        """Raises ``RunError`` if training has not come to its end."""
        status = self.status
        if status == "diverged":
            raise RunError(
                f"{self.folder} has diverged and has no trained weights; train with a lower rate"
            )
        if status == "unfinished":
            raise RunError(f"{self.folder} is unfinished; train on with --resume, or leave it out")


def find_runs(folder: Path) -> list[Run]:
    """The runs in ``folder``, oldest first; those that are damaged too (see ``Run.damage``)."""
    begun = [(path.stat().st_mtime, path.parent) for path in Path(folder).glob("*/experiment.json")]
    return [Run(path) for _, path in sorted(begun)]


@contextmanager
def open_for_training(
    runs: Path, experiment: Experiment, fingerprint: str, *, resume: bool
) -> Iterator[Run]:
    """The experiment's run folder, made if it is new and locked against a second process.

    A new one goes again if there is an error before anything is saved in it.

    Raises:
        UsageError: If it holds an unfinished run and ``resume`` is false, another process trains it,
            or the folder cannot be written.
        WriteError: If the disk is full.
    """
    key = experiment.key(fingerprint)
    run = Run(Path(runs) / key[:12])
    new = not run.folder.exists()
    with locked(run.folder):
        files.clean(run.folder)
        if run.status == "unfinished" and not resume and checkpoints(run):
            raise UsageError(
                f"{run.folder} holds an unfinished run of this experiment "
                f"({len(run.metrics)} of {experiment.epochs} epochs); add --resume to continue it, "
                "or delete the folder"
            )
        if (run.folder / "experiment.json").exists():
            _check_same(run, fingerprint, key)
        else:
            about = {"schema": SCHEMA, "key": key, "fingerprint": fingerprint}
            files.write_json(
                run.folder / "experiment.json", about | {"experiment": to_dict(experiment)}
            )
        try:
            yield run
        except Exception:
            if new and run.status == "unfinished" and not run.metrics and not checkpoints(run):
                shutil.rmtree(run.folder, ignore_errors=True)
            raise


def _check_same(run: Run, fingerprint: str, key: str) -> None:
    """Raises ``RunError`` unless the folder holds the experiment with this ``key``."""
    about = Run.open(run.folder).about
    try:
        same = about["key"] == key == run.experiment.key(fingerprint)
    except (KeyError, TypeError, ValueError, AttributeError):
        same = False
    if not same:
        raise RunError(
            f"{run.folder}/experiment.json is damaged, or of another experiment; restore it, or delete "
            "the folder to train from the start"
        )


def checkpoints(run: Run) -> list[Path]:
    """Saved states, earliest step first."""
    found = (run.folder / "checkpoints").glob("*.safetensors")
    return sorted(
        (path for path in found if path.stem.isdecimal()), key=lambda path: int(path.stem)
    )


def save_checkpoint(
    run: Run, arrays: checkpoint.Arrays, about: dict[str, Any], spared: Collection[int] = ()
) -> None:
    """Saves a state under its step; keeps it, the one before it, and those of the ``spared`` steps.

    Later ones go: the run has come here again from before them, because they were damaged.
    """
    path, step = _checkpoint(run, about["step"]), about["step"]
    checkpoint.save_arrays(path, arrays, about, name="checkpoint")
    others = [other for other in checkpoints(run) if other != path]
    before = [other for other in others if int(other.stem) < step]
    for other in others:
        if other not in before[1 - KEPT_CHECKPOINTS :] and int(other.stem) not in spared:
            other.unlink(missing_ok=True)


def load_checkpoint(run: Run, step: int) -> tuple[checkpoint.Arrays, dict[str, Any]]:
    """The state after ``step``; raises ``RunError`` if it is missing or damaged."""
    return checkpoint.load_arrays(_checkpoint(run, step))


def _checkpoint(run: Run, step: int) -> Path:
    return run.folder / "checkpoints" / f"{step:08d}.safetensors"


def last_checkpoint(run: Run) -> tuple[checkpoint.Arrays, dict[str, Any]] | None:
    """The newest whole state, or None if there is none; a damaged one is passed over, with a warning.

    Raises:
        RunError: If there are states and all are damaged.
    """
    paths = checkpoints(run)
    for path in reversed(paths):
        try:
            found = checkpoint.load_arrays(path)
        except RunError:
            continue
        for damaged in paths[paths.index(path) + 1 :]:
            warnings.warn(
                f"{damaged} is damaged; going on from step {found[1]['step']}", stacklevel=2
            )
        return found
    if paths:
        raise RunError(
            f"every checkpoint in {run.folder / 'checkpoints'} is damaged; delete the folder "
            f"{run.folder} to train from the start"
        )
    return None


def save_predictions(run: Run, arrays: dict[str, NDArray[Any]]) -> None:
    """Replaces ``predictions.npz``."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    files.write(run.folder / "predictions.npz", buffer.getvalue(), name="predictions")
