"""The saved states of a run: the last two, and that of the best epoch where it is kept."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from thumblab.core.errors import RunError
from thumblab.core.layer import Shape, weights
from thumblab.core.renamed import record
from thumblab.experiment.experiment import Experiment
from thumblab.runs import records
from thumblab.runs.run import Run
from thumblab.storage import checkpoint

KEPT_CHECKPOINTS = 2


def save_checkpoint(
    run: Run, arrays: checkpoint.Arrays, about: dict[str, Any], spared: Collection[int] = ()
) -> None:
    """Saves a state under its step; keeps it, the one before it, and those of the ``spared`` steps.

    Later ones go: the run has come here again from before them, because they were damaged.
    """
    path, step = _checkpoint(run, about["step"]), about["step"]
    checkpoint.save_arrays(path, arrays, about, name="checkpoint")
    others = [other for other in run.checkpoints if other != path]
    before = [other for other in others if int(other.stem) < step]
    for other in others:
        if other not in before[1 - KEPT_CHECKPOINTS :] and int(other.stem) not in spared:
            other.unlink(missing_ok=True)


def load_checkpoint(run: Run, step: int) -> tuple[checkpoint.Arrays, dict[str, Any]]:
    """The state after ``step``; raises ``RunError`` if it is missing or damaged."""
    return load_state(_checkpoint(run, step))


def load_state(path: Path) -> tuple[checkpoint.Arrays, dict[str, Any]]:
    """The state in a file, and what it counts; raises ``RunError`` if it is missing or damaged."""
    arrays, about = checkpoint.load_arrays(path)
    about = record(about)
    records.check(
        str(path), about, {"step": records.STATE["step"]}, records.STATE | records.STATE_MAY
    )
    if about["step"] != int(path.stem):
        raise RunError(f"{path} is damaged (it is the state of step {about['step']}); restore it")
    return arrays, about


def check_state(run: Run, arrays: checkpoint.Arrays, about: dict[str, Any], trained: int) -> None:
    """Raises ``RunError`` unless training can go on from a state.

    Args:
        run: The run that it is of.
        arrays: Its weights, which networks check, and what the optimizer keeps.
        about: What it counts.
        trained: How many weights are trained; the optimizer keeps that many numbers, or none.
    """
    where = f"the state of step {about['step']} in {run.folder / 'checkpoints'}"
    records.check(where, about, records.STATE | records.STATE_MAY, {})
    for name, array in arrays.items():
        slot = name.startswith("slots.")
        if array.dtype.kind != "f" or (slot and array.shape != (trained,)):
            raise RunError(
                f"{where} is damaged ({name!r} is {array.dtype} of shape {array.shape}); delete it to "
                "go on from the one before"
            )


def _checkpoint(run: Run, step: int) -> Path:
    return run.folder / "checkpoints" / f"{step:08d}.safetensors"


def last_checkpoint(run: Run) -> tuple[checkpoint.Arrays, dict[str, Any]] | None:
    """The newest whole state, or None if there is none; a damaged one is passed over, with a warning.

    Raises:
        RunError: If there are states and all are damaged.
    """
    paths = run.checkpoints
    for path in reversed(paths):
        try:
            found = load_state(path)
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


def state_bytes(experiment: Experiment, shape: Shape) -> int:
    """Bytes of a saved state: weights, and what the optimizer keeps."""
    owned = weights(experiment.model, shape).values()
    count = sum(int(np.prod(weight.shape)) for weight in owned)
    item = 8 if experiment.precision == "float64" else 4
    return item * count * (1 + len(experiment.optimizer.slots))
