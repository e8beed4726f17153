"""What happens while a study runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["began", "epoch", "done", "diverged", "failed", "lost", "stopped", "warning"]

ENDED: tuple[Kind, ...] = ("done", "diverged", "failed", "lost", "stopped")
"""Events after which a worker has nothing more to do with a cell."""


@dataclass(frozen=True)
class Event:
    """Something that a worker tells.

    Attributes:
        kind: What it is.
        cell: Name of the run folder; empty for a warning of no cell.
        message: In words, for a failure or a warning.
        epoch: Epochs done of it.
        epochs: Epochs that it has.
        accuracy: Validation accuracy at the end of that epoch, or of the run.
        images_per_second: Training images.
        seconds: That training has taken, of a cell that is done.
        worker: Number of the worker, from 0.
    """

    kind: Kind
    cell: str = ""
    message: str = ""
    epoch: int = 0
    epochs: int = 0
    accuracy: float | None = None
    images_per_second: float = 0.0
    seconds: float = 0.0
    worker: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)
