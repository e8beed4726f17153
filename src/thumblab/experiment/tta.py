"""Test-time augmentation as data: which changed copies of an image a network sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import Value, type_name
from thumblab.data.pipeline.augmentations.rotate import turned
from thumblab.data.pipeline.augmentations.warp import warp

Array = NDArray[Any]
Mode = Literal["zero", "edge", "reflect"]
_PAD = {"zero": "constant", "edge": "edge", "reflect": "reflect"}


@dataclass(frozen=True)
class View:
    """One copy of an image.

    Attributes:
        mirrored: Whether left and right are swapped, after it has been moved.
        down: Pixels that the content is moved down by.
        right: Pixels that it is moved right by.
        weight: Its share of the mean.
        mode: What comes in from outside then: ``"zero"``, ``"edge"`` or ``"reflect"``.
        degrees: Angle that the content is turned by before, anticlockwise; black comes in.
        size: How many times as large it is drawn before, above 0; black comes in.
    """

    mirrored: bool
    down: int
    right: int
    weight: float
    mode: Mode = "reflect"
    degrees: float = 0.0
    size: float = 1.0


@dataclass(frozen=True)
class TTA(Value):
    """Base of the sets of views; the logits of an image are the weighted mean of its views' logits.

    To add one, derive from it and say ``each``.
    """

    @property
    def each(self) -> tuple[View, ...]:
        """The views; their weights sum to 1."""
        raise MissingRuleError(f"{type_name(type(self))} does not say its views; define each")


@dataclass(frozen=True)
class Flips(TTA):
    """The image and its mirror image."""

    @property
    def each(self) -> tuple[View, ...]:
        """Two."""
        return _mirrored((View(False, 0, 0, 1.0),))


@dataclass(frozen=True)
class Shifts(TTA):
    """The image, for a half; moved up and left, and down and right, for a quarter each.

    Attributes:
        pixels: How far, at least 1.
        mode: What comes in from outside: ``"zero"``, ``"edge"`` or ``"reflect"``.
    """

    pixels: int = 1
    mode: Mode = "reflect"

    def __post_init__(self) -> None:
        _check(self, self.pixels, self.mode)

    @property
    def each(self) -> tuple[View, ...]:
        """Three."""
        return _moved(self.pixels, self.mode)


@dataclass(frozen=True)
class FlipShift(TTA):
    """The three views of ``Shifts`` and their mirror images: two of weight 1/4, four of 1/8.

    Attributes:
        pixels: How far, at least 1.
        mode: What comes in from outside: ``"zero"``, ``"edge"`` or ``"reflect"``.

    Source: Jordan 2024, arXiv:2404.00498 (multi-crop evaluation).
    """

    pixels: int = 1
    mode: Mode = "reflect"

    def __post_init__(self) -> None:
        _check(self, self.pixels, self.mode)

    @property
    def each(self) -> tuple[View, ...]:
        """Six."""
        return _mirrored(_moved(self.pixels, self.mode))


@dataclass(frozen=True)
class RotateScale(TTA):
    """The image, turned by ``degrees`` either way, and drawn smaller and larger by ``scale``.

    Five views of weight 1/5; bilinear, black outside: for characters, whose ground is black.

    Attributes:
        degrees: Angle, above 0, at most 180.
        scale: Sizes are ``1 - scale`` and ``1 + scale``; above 0, below 1.
    """

    degrees: float = 6.0
    scale: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.degrees <= 180 or not 0 < self.scale < 1:
            raise UsageError(f"{self}: degrees must be in (0, 180] and scale in (0, 1)")

    @property
    def each(self) -> tuple[View, ...]:
        """Five."""
        image = View(False, 0, 0, 0.2)
        turns = (replace(image, degrees=by) for by in (-self.degrees, self.degrees))
        sizes = (replace(image, size=1 + by) for by in (-self.scale, self.scale))
        return (image, *turns, *sizes)


def _moved(pixels: int, mode: Mode) -> tuple[View, ...]:
    aside = (View(False, by, by, 0.25, mode) for by in (-pixels, pixels))
    return (View(False, 0, 0, 0.5, mode), *aside)


def _mirrored(tta: tuple[View, ...]) -> tuple[View, ...]:
    return tuple(
        replace(view, mirrored=mirrored, weight=view.weight / 2)
        for view in tta
        for mirrored in (False, True)
    )


def _check(tta: TTA, pixels: int, mode: str) -> None:
    if not isinstance(pixels, int) or pixels < 1 or mode not in _PAD:
        raise UsageError(f"{tta}: pixels must be whole, at least 1, and mode {' or '.join(_PAD)}")


def seen(images: Array, view: View) -> Array:
    """The copies of ``images``, ``(n, h, w, c)``, that a view shows.

    Raises:
        UsageError: If they are no images, or smaller than the view moves them.
    """
    far = max(abs(view.down), abs(view.right))
    if images.ndim != 4 or min(images.shape[1:3]) <= far:
        raise UsageError(
            f"a view that moves images {far} pixels reads (n, h, w, c), larger than that, but was "
            f"given {images.shape}; evaluate these without TTA"
        )
    if view.degrees or view.size != 1:
        n = len(images)
        images = warp(images, turned(np.ones(n), view.degrees) / view.size, np.zeros((n, 2)))
    if far:
        _, h, w, _ = images.shape
        sides = ((0, 0), *((max(by, 0), max(-by, 0)) for by in (view.down, view.right)), (0, 0))
        padded = np.pad(images, sides, _PAD[view.mode])  # type: ignore[call-overload]
        top, left = max(-view.down, 0), max(-view.right, 0)
        images = padded[:, top : top + h, left : left + w]
    return images[:, :, ::-1] if view.mirrored else images


def mean_logits(predict: Callable[[Array], Array], images: Array, tta: TTA) -> Array:
    """Weighted means of the logits ``(n, classes)`` over the views, summed in float64.

    Args:
        predict: Maps images to logits.
        images: ``(n, h, w, c)``.
        tta: What it is shown.
    """
    total: Any = 0.0
    for view in tta.each:
        logits = predict(np.ascontiguousarray(seen(images, view)))
        total = total + view.weight * logits.astype(np.float64)
    return np.asarray(total, logits.dtype)
