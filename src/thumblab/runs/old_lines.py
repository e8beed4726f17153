"""Epochs that were recorded before runs wrote both losses down: their lines under today's names.

Until engine version 6 ``train_loss`` was the loss that was trained and ``validation_loss`` plain
cross-entropy, whatever was trained. These are one kind only where plain cross-entropy was trained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from thumblab.losses import CrossEntropy, Loss

Line = dict[str, Any]


def both_losses(lines: Sequence[Line], loss: Callable[[], Loss]) -> list[Line]:
    """``lines``, each with the trained loss and plain cross-entropy of both parts.

    Those that an old line does not have are None. ``loss``, the one that was trained, is asked for
    only if a line is old.
    """
    if all("train_cross_entropy" in line or "train_loss" not in line for line in lines):
        return list(lines)
    plain = loss() == CrossEntropy()
    return [_renamed(line, plain) for line in lines]


def _renamed(line: Line, plain: bool) -> Line:
    validation = line.get("validation_loss")
    return line | {
        "train_cross_entropy": line["train_loss"] if plain else None,
        "validation_cross_entropy": validation,
        "validation_loss": validation if plain else None,
    }
