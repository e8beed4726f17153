"""Arrays of images and labels put together to a data set."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thumblab.core.errors import DataError, UsageError
from thumblab.data.dataset import Dataset, Split
from thumblab.data.flat import is_flat
from thumblab.data.reading import counted
from thumblab.data.sources.label_values import to_labels
from thumblab.data.sources.pixels import Span, to_pixels


def assembled(
    given: dict[str, tuple[Any, Any]],
    classes: Sequence[str] | None,
    name: str,
    axes: str | None,
    span: Span | None,
) -> Dataset | None:
    """The data set of images and labels by the name of the part; None for none at all.

    Args:
        given: Images and labels of ``training``, ``validation`` and ``test``; None for absent ones.
        classes: As ``to_labels`` takes them.
        name: Of the data set.
        axes: As ``to_pixels`` takes them.
        span: Likewise.

    Raises:
        DataError: If they do not fit each other, or could mean more than one thing.
        UsageError: If a part has images but no labels, or there is no training part.
    """
    given = {
        part: pair for part, pair in given.items() if pair[0] is not None or pair[1] is not None
    }
    if not given:
        return None
    for part, (images, labels) in given.items():
        if images is None or labels is None:
            raise UsageError(f"{part} images and {part} labels belong together; give both")
    if "training" not in given:
        raise UsageError("there are no training images; give images and labels")
    images = [_array(images) for images, _ in given.values()]
    labels, names = to_labels([labels for _, labels in given.values()], classes)
    for part, of, those in zip(given, images, labels, strict=True):
        if of.shape[:1] != those.shape:
            raise DataError(
                f"{part} images have shape {of.shape}, but there are {len(those)} labels; give one for "
                "each image, images along the first axis"
            )
    pixels = to_pixels(images, axes, span)
    parts = {
        part: Split(np.array(of), np.array(those))
        for part, of, those in zip(given, pixels, labels, strict=True)
    }
    _tell_flat(parts)
    return Dataset(
        name, parts["training"], parts.get("test"), names, validation=parts.get("validation")
    )


def _tell_flat(parts: Mapping[str, Split]) -> None:
    images = [part.images for part in parts.values() if part.images.ndim == 4]
    if flat := sum(int(is_flat(each).sum()) for each in images):
        warnings.warn(
            f"{counted(flat, 'image')} of one color all over, which say nothing", stacklevel=4
        )


def _array(images: Any) -> Any:
    """As NumPy sees them; images of several sizes become an array of objects, or an error."""
    if hasattr(images, "detach"):
        images = images.detach().cpu()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return np.asarray(images)
    except Exception as error:
        raise DataError(
            f"images cannot be made one array ({str(error).splitlines()[0]}); bring them to one size"
        ) from error
