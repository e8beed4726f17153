"""Resizing: how large training images are at each time of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, singledispatch

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import Value, type_name
from thumblab.data.pipeline.augment import Pixels

_BLOCK_PIXELS = 16384
"""Images are resized in blocks of about so many pixels, so that the arrays between stay in cache."""


@dataclass(frozen=True)
class Resizing(Value):
    """Base of the resizings. To add one, derive from it and register ``height_at``."""


@dataclass(frozen=True)
class FullSize(Resizing):
    """Images as they are, throughout."""


@dataclass(frozen=True)
class Growing(Resizing):
    """Smaller images first, the full ones at the end; the network is evaluated on full ones alone.

    Images are resized whole, after every augmentation, in proportion. An epoch has one size.

    Attributes:
        sizes: Heights in pixels, in the order of the run.
        until: The share of the epochs at which each of them ends, above 0 and below 1.

    Source: Howard 2018, "Training Imagenet in 3 hours for USD 25; and CIFAR10 for USD 0.26"
        (fast.ai on DAWNBench).
    """

    sizes: tuple[int, ...] = (24,)
    until: tuple[float, ...] = (0.5,)

    def __post_init__(self) -> None:
        if len(self.sizes) != len(self.until) or not self.sizes:
            raise UsageError(
                f"sizes {self.sizes} and until {self.until}: give each size the share of the "
                "epochs at which it ends"
            )
        if list(self.sizes) != sorted({*self.sizes}) or self.sizes[0] < 1:
            raise UsageError(f"sizes are {self.sizes}; give growing heights of 1 pixel or more")
        if list(self.until) != sorted({*self.until}) or not 0 < self.until[0] <= self.until[-1] < 1:
            raise UsageError(f"until is {self.until}; give growing shares above 0 and below 1")


@singledispatch
def height_at(resizing: Resizing, height: int, done: float) -> int:
    """How high images are once the share ``done`` of the epochs has passed, if full ones have ``height``.

    Raises:
        UsageError: If the resizing asks for more than they have.
    """
    raise MissingRuleError(
        f"no rule for {type_name(type(resizing))}; register one with @height_at.register"
    )


@height_at.register
def _full(resizing: FullSize, height: int, done: float) -> int:
    return height


@height_at.register
def _growing(resizing: Growing, height: int, done: float) -> int:
    if resizing.sizes[-1] > height:
        raise UsageError(
            f"{resizing} asks for {resizing.sizes[-1]} pixels but the images are {height} high; "
            "leave out what is larger"
        )
    return (*resizing.sizes, height)[sum(share <= done for share in resizing.until)]


def width_at(height: int, sides: tuple[int, int]) -> int:
    """How wide an image of ``sides`` (height, width) is once it is ``height`` high; at least 1 pixel."""
    return max(1, round(sides[1] * height / sides[0]))


def shrunk(images: Pixels, height: int) -> Pixels:
    """Smaller copies ``(n, height, width_at(height), c)``.

    Each pixel is an average under a triangle as wide as two of the new pixels, as pillow's and
    PyTorch's bilinear resizing with antialiasing have it. Not for larger ones. All sums are exact,
    so that no processor and no batch rounds a pixel otherwise.
    """
    n, h, w, c = images.shape
    if height == h:
        return images
    width = width_at(height, (h, w))
    down = triangles(h, height)
    across = np.kron(triangles(w, width), np.eye(c)).T  # (w c, width c)
    out = np.empty((n, height, width, c), np.uint8)
    each = max(1, _BLOCK_PIXELS // (h * w))
    for start in range(0, n, each):
        rows = down @ images[start : start + each].reshape(-1, h, w * c).astype(np.float64)
        made = rows.reshape(-1, w * c) @ across  # (m height, w c) @ (w c, width c)
        np.rint(made, out=made)
        out[start : start + each] = made.reshape(-1, height, width, c)
    return out


@lru_cache
def triangles(old: int, new: int) -> NDArray[np.float64]:
    """What each of ``new`` pixels takes from each of ``old``, ``(new, old)``; rows sum to about 1.

    Multiples of 1 / 2**20: two of them times a pixel are 48 bits, of which sums are exact.
    """
    scale = old / new
    middle = (np.arange(new) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(old) - middle[:, None]) / scale
    weights = np.maximum(1 - distance, 0)
    shares: NDArray[np.float64] = np.rint(weights / weights.sum(1, keepdims=True) * 2**20) / 2**20
    return shares
