"""Augmentation: random changes to uint8 batches, drawn by counter for each sample and epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError, unknown
from thumblab.core.seeds import stream
from thumblab.core.value import Value, type_name

Pixels = NDArray[np.uint8]
"""A batch of images ``(n, h, w, c)``."""

Draws = NDArray[np.float64]
"""Uniform numbers in ``[0, 1)``, a row ``(draws,)`` for each sample."""

MODES = ("zero", "edge", "reflect")
"""What lies beyond the border: black, the border's pixel, or the mirrored image."""


@dataclass(frozen=True)
class Augmentation(Value):
    """Base of the augmentations. To add one, derive from it and register ``augment``."""

    @property
    def draws(self) -> int:
        """How many uniform numbers one sample needs."""
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


def check_mode(mode: str) -> None:
    """Raises ``UsageError`` unless ``mode`` is one of ``MODES``."""
    if mode not in MODES:
        raise unknown("mode", mode, MODES)


class Augmenter:
    """Several augmentations in a row, with their random numbers.

    Augmentation ``i`` reads its numbers for a sample from row ``sample`` of one table per epoch,
    so an image does not depend on the batch it is in, nor on what was drawn before.

    Args:
        augmentations: Applied in this order.
        seed: Of the experiment.
        total: How many samples there are; sample numbers run from 0 to ``total - 1``.
    """

    def __init__(self, augmentations: Sequence[Augmentation], seed: int, total: int) -> None:
        self._augmentations, self._seed, self._total = tuple(augmentations), seed, total
        self._tables: tuple[int, list[Draws]] = (-1, [])

    def batch(self, images: NDArray[Any], epoch: int, samples: NDArray[np.integer]) -> Pixels:
        """The augmented images.

        Args:
            images: uint8 ``(n, h, w, c)``.
            epoch: Another epoch draws other numbers; 0 or more.
            samples: Which samples the images are, ``(n,)``.

        Raises:
            UsageError: If there is something to do and ``images`` are features.
        """
        if self._augmentations and (images.ndim != 4 or images.dtype != np.uint8):
            raise UsageError(
                f"augmentation reads uint8 (n, h, w, c) but was given {images.dtype} of shape "
                f"{images.shape}; train features without it"
            )
        for augmentation, table in zip(self._augmentations, self._epoch(epoch), strict=True):
            images = augment(augmentation, images, table[samples])
        return images

    def _epoch(self, epoch: int) -> list[Draws]:
        known, tables = self._tables
        if known != epoch:
            tables = [
                stream(self._seed, "augment", i, epoch).random((self._total, augmentation.draws))
                for i, augmentation in enumerate(self._augmentations)
            ]
            # One assignment, so that threads which ask at once never see half of it.
            self._tables = (epoch, tables)
        return tables
