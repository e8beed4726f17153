"""Whether a network does better than a guess without any image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.accuracy import wilson
from thumblab.analysis.check import check_labels

Array = NDArray[Any]

LEVEL = 0.05


@dataclass(frozen=True)
class Chance:
    """Right guesses beside those of always naming the most common class.

    Attributes:
        images: How many were guessed.
        right: How many of them were right.
        guessing: Share that is right when the most common class is always named.
        p_value: Probability that such guessing gets as many right, on other images drawn as these.
        low: Lower end of the 95 % interval of the accuracy (Wilson).
        high: Upper end.
    """

    images: int
    right: int
    guessing: float
    p_value: float
    low: float
    high: float

    @property
    def word(self) -> str:
        """``better than guessing``, ``no better than guessing``, or ``cannot tell``.

        The last where so few images could not tell it even if all of them were right.
        """
        if self.p_value < LEVEL:
            return "better than guessing"
        enough = self.guessing**self.images < LEVEL
        return "no better than guessing" if enough else "cannot tell"


def chance(right: int, labels: Array) -> Chance:
    """An exact binomial test, one-sided, of ``right`` images of those with these ``labels``.

    Args:
        right: How many images the network gets right.
        labels: Class indices ``(n,)``.

    Raises:
        ValueError: If there is no image, or more are right than there are.

    Example:
        >>> chance(6, np.arange(20) % 4).word, chance(1, np.array([2])).word
        ('no better than guessing', 'cannot tell')
    """
    from scipy.special import betainc

    if not 0 <= right <= len(labels) or not len(labels):
        raise ValueError(f"{right} of {len(labels)} images are right; give at least one image")
    check_labels(labels, len(labels))
    common = int(np.bincount(labels).max())
    guessing = common / len(labels)
    images = len(labels)
    p_value = float(betainc(right, images - right + 1, guessing)) if right else 1.0
    return Chance(images, right, guessing, p_value, *wilson(right, images))
