"""Data sets as other libraries hold them in Python: arrays with targets, or sequences of pairs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from thumblab.core.errors import DataError, UsageError

IMAGE_KEYS, LABEL_KEYS = ("image", "img"), ("label", "labels", "fine_label", "target")


@dataclass(frozen=True, eq=False)
class Labeled:
    """Images and labels, as they were found.

    Attributes:
        images: An array ``(n, ...)``.
        labels: One for each.
        classes: Class names, or None where the data set tells none.
        name: Short name for tables.
    """

    images: Any
    labels: Any
    classes: tuple[str, ...] | None
    name: str


def labeled(given: Any) -> Labeled:
    """Images and labels of a data set of another library.

    Its transforms are applied where it is a sequence, for its items are all that can be seen; where
    it has whole arrays, those are taken as they are, with a warning.

    Raises:
        DataError: If its images have several sizes, or it is empty.
        UsageError: If it is nothing of this kind.
    """
    name, classes = type(given).__name__.lower(), _classes(given)
    labels = getattr(given, "targets", getattr(given, "labels", None))
    if hasattr(given, "data") and labels is not None:
        if getattr(given, "transform", None) is not None:
            warnings.warn(
                f"the stored pixels of {name} are read, without its transform; augmentation is an "
                "option of the experiment",
                stacklevel=3,
            )
        if name == "emnist":
            warnings.warn(
                "torchvision keeps the glyphs of EMNIST transposed, and so they are here; "
                "data.Emnist reads the same files upright",
                stacklevel=3,
            )
        return Labeled(given.data, labels, classes, name)
    images, targets = [], []
    for picture, label in _items(given, name):
        images.append(_picture(picture))
        targets.append(int(label) if isinstance(label, np.generic) else label)
    if not images:
        raise DataError(f"{name} is empty; give at least one picture")
    if len(sizes := {image.shape for image in images}) > 1:
        raise DataError(
            f"the pictures of {name} have {len(sizes)} shapes, such as {sorted(sizes)[0]} and "
            f"{sorted(sizes)[-1]}; resize them to one, or read the folder they lie in"
        )
    return Labeled(np.stack(images), _numbers(targets), classes, name)


def _classes(given: Any) -> tuple[str, ...] | None:
    """Names that a data set of torchvision or Hugging Face tells, or the one inside a subset."""
    if names := getattr(given, "classes", None):
        return tuple(map(str, names))
    features = getattr(given, "features", None)
    for key in LABEL_KEYS:
        if (
            isinstance(features, dict)
            and key in features
            and (names := getattr(features[key], "names", None))
        ):
            return tuple(map(str, names))
    inner = getattr(given, "dataset", None)
    return None if inner is None else _classes(inner)


def _items(given: Any, name: str) -> Iterator[tuple[Any, Any]]:
    if not (hasattr(given, "__getitem__") and hasattr(given, "__len__")) or isinstance(given, str):
        raise UsageError(
            f"{name} is neither arrays with labels nor a sequence of pairs; give "
            "data.Arrays(images, labels)"
        )
    for at in range(len(given)):
        item = given[at]
        if isinstance(item, dict):
            image = next((item[key] for key in IMAGE_KEYS if key in item), None)
            label = next((item[key] for key in LABEL_KEYS if key in item), None)
            item = (image, label)
        pair = isinstance(item, tuple | list) and len(item) == 2
        if not pair or item[0] is None or item[1] is None:
            raise UsageError(f"item {at} of {name} is no pair of a picture and its label")
        yield item[0], item[1]


def _picture(picture: Any) -> Any:
    """Pixels of a PIL image (what is transparent over white), an array or a tensor."""
    if hasattr(picture, "detach"):
        return np.asarray(picture.detach().cpu())
    mode = getattr(picture, "mode", None)
    if not hasattr(picture, "convert") or mode in ("L", "RGB", "I;16"):
        return np.asarray(picture)
    if mode == "1":
        return np.asarray(picture.convert("L"))
    if picture.has_transparency_data:
        from PIL import Image

        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return np.asarray(picture.convert("RGB"))


def _numbers(targets: list[Any]) -> Any:
    return [target.item() if hasattr(target, "item") else target for target in targets]
