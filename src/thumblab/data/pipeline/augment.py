"""Augmentation: random changes to uint8 batches, drawn by counter for each place of each epoch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, unknown
from thumblab.core.random import stream
from thumblab.core.value import Value, type_name

Pixels = NDArray[np.uint8]
"""A batch of images ``(n, h, w, c)``."""

Draws = NDArray[np.float64]
"""Uniform numbers in ``[0, 1)``, a row ``(draws,)`` for each image."""

Rows = NDArray[np.int64]
"""Which samples of the training part stand where, ``(n,)``."""

MODES = ("zero", "edge", "reflect")
"""What lies beyond the border: black, the border's pixel, or the mirrored image."""


@dataclass(frozen=True)
class Augmentation(Value):
    """Base of the augmentations. To add one, derive from it and register ``augment``."""

    @property
    def draws(self) -> int:
        """How many uniform numbers one image needs."""
        raise MissingRuleError(f"{type_name(type(self))} does not say how many draws it needs")


@singledispatch
def augment(augmentation: Augmentation, images: Pixels, draws: Draws) -> Pixels:
    """Changed copies of ``images``; what stands at a row depends on that row of both alone.

    Args:
        augmentation: What to do.
        images: uint8 ``(n, h, w, c)``; never modified.
        draws: Uniform in ``[0, 1)``, ``(n, augmentation.draws)``.

    Returns:
        uint8 of the same shape.
    """
    raise MissingRuleError(
        f"no rule for {type_name(type(augmentation))}; register one with @augment.register"
    )


@singledispatch
def draw(augmentation: Augmentation, rows: Rows, seed: int, place: int, epoch: int) -> Draws:
    """The numbers of a whole epoch, new ones for each, a row for each image in its order.

    Args:
        augmentation: What needs them.
        rows: Which sample stands where in the epoch, ``(n,)``.
        seed: Of the experiment.
        place: Where the augmentation stands among others, from 0.
        epoch: From 0.

    Returns:
        Uniform in ``[0, 1)``, ``(n, augmentation.draws)``.
    """
    return stream(seed, "augment", place, epoch).random((len(rows), augmentation.draws))


def check_mode(mode: str) -> None:
    """Raises ``UsageError`` unless ``mode`` is one of ``MODES``."""
    if mode not in MODES:
        raise unknown("mode", mode, MODES)
