"""The saved states of a run: the last two, and that of the best epoch where it is kept."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

from thumblab.core.errors import RunError
from thumblab.training import checkpoint
from thumblab.training.runs import Run

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
    return checkpoint.load_arrays(_checkpoint(run, step))


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
