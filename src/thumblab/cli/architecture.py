"""Architectures as commands name them: what each model of the zoo usually reads, and for how many classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thumblab.config import Model
    from thumblab.core.layer import Layer, Shape

PHOTOGRAPHS: Shape = (3, 32, 32)
CHARACTERS: Shape = (1, 28, 28)
OF_CHARACTERS = ("characters_cnn", "lenet5", "r2_cnn", "r2_res")
"""Models that usually read characters, of 47 classes; the others read photographs, of 10."""
OF_CIFAR100 = (
    "baseline_cnn",
    "dffr_cnn",
    "embedding_dr_mlp",
    "embedding_mlp",
    "fe_dr_mlp",
    "fe_mlp",
    "mlp",
)
"""Models of report R0, for 100 classes."""
OF_IMAGENET = ("alexnet", "resnet50_imagenet")
"""Models whose published sizes are those for 1,000 classes."""


def usual(name: str) -> tuple[Shape, int]:
    """The samples that a model usually reads, and their classes.

    >>> usual("lenet5"), usual("mlp"), usual("resnet20")
    (((1, 28, 28), 47), ((3, 32, 32), 100), ((3, 32, 32), 10))
    """
    if name in OF_CHARACTERS:
        return CHARACTERS, 47
    return PHOTOGRAPHS, 100 if name in OF_CIFAR100 else 1000 if name in OF_IMAGENET else 10


def built(model: Model, given: str | None, classes: int | None) -> tuple[Layer, Shape]:
    """The architecture, and the shape that it reads: as given, or the usual one.

    Raises:
        UsageError: If ``classes`` is less than 1 or ``given`` is no shape.
    """
    from thumblab.core.errors import UsageError

    if classes is not None and classes < 1:
        raise UsageError(f"--classes {classes} is less than 1; give how many classes there are")
    shape, count = usual(model.name)
    if given is not None:
        shape = shape_of(given)
    return model(count if classes is None else classes), shape


def shape_of(text: str) -> Shape:
    """The shape that ``3x32x32`` says.

    Raises:
        UsageError: If it says none.
    """
    from thumblab.core.errors import UsageError

    fits = re.fullmatch(r"[1-9]\d{0,8}(x[1-9]\d{0,8}){0,2}", text)
    if not fits:
        raise UsageError(f"--input {text!r} is no shape; give channels x height x width as 3x32x32")
    return tuple(map(int, text.split("x")))
