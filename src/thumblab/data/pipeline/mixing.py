"""Mixing: augmentations that lay one image into another and mix what is to be learned alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import type_name
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels

Shares = NDArray[np.float64]
"""What remains of each image, ``(n,)`` in ``[0, 1]``."""


@dataclass(frozen=True)
class Mixing(Augmentation):
    """Base of the mixings. To add one, derive from it and register ``kept`` and ``mix``."""


@singledispatch
def kept(mixing: Mixing, sides: tuple[int, int], draws: Draws) -> Shares:
    """The share of each image that remains its own; the rest is its partner's.

    Args:
        mixing: What to do.
        sides: Height and width of the images.
        draws: Uniform in ``[0, 1)``, ``(n, mixing.draws)``.
    """
    raise MissingRuleError(
        f"no rule for {type_name(type(mixing))}; register one with @kept.register"
    )


@singledispatch
def mix(mixing: Mixing, images: Pixels, partners: Pixels, draws: Draws) -> Pixels:
    """Copies of ``images`` with ``1 - kept`` of their partners in them.

    Args:
        mixing: What to do.
        images: uint8 ``(n, h, w, c)``; never modified.
        partners: As many others.
        draws: Those that ``kept`` was given.

    Returns:
        uint8 of the same shape.
    """
    raise MissingRuleError(
        f"no rule for {type_name(type(mixing))}; register one with @mix.register"
    )


def check_mixing(alpha: float, probability: float) -> None:
    """Raises ``UsageError`` unless both are numbers that ``drawn_shares`` can use."""
    if not 0 < alpha < np.inf:
        raise UsageError(f"alpha is {alpha}; give a number above 0")
    if not 0 <= probability <= 1:
        raise UsageError(f"probability is {probability}; give a share of the images from 0 to 1")


def drawn_shares(alpha: float, probability: float, draws: Draws) -> Shares:
    """1, or with ``probability`` a share drawn from the distribution Beta(``alpha``, ``alpha``).

    Args:
        alpha: The larger, the nearer to a half; 1 makes all shares alike.
        probability: Of not being 1.
        draws: Uniform in ``[0, 1)``, ``(n, 2)``: whether, and the share's quantile.
    """
    from scipy.special import betaincinv

    shares: Shares = np.where(draws[:, 0] < probability, betaincinv(alpha, alpha, draws[:, 1]), 1.0)
    return shares
