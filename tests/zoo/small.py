"""The zoo, and each architecture as small as it can be."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from thumblab import zoo
from thumblab.core.layer import Layer, Shape
from thumblab.core.value import digest

CIFAR, CHARACTERS = (3, 32, 32), (1, 28, 28)
MODELS: dict[str, Callable[..., Layer]] = {
    name: function
    for name, function in vars(zoo).items()
    if inspect.isfunction(function) and name[0] != "_"
}
_ALEXNET = {"size": 63, "widths": (4, 6, 8, 5, 5)}
_REGRESSOR = _ALEXNET | {"hidden": (32, 16)}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "alexnet": _ALEXNET | {"dense": 12},
    "alexnet_regressor": _REGRESSOR,
    "alexnet_skip": _REGRESSOR,
    "alexnet_skip_published": _REGRESSOR,
    "baseline_cnn": {"widths": (4, 6), "dense": 12},
    "characters_cnn": {"widths": (4, 6)},
    "dffr_cnn": {"width": 4, "dense": 12},
    "embedding_dr_mlp": {"depth": 8, "widths": (4, 5, 6), "axes": 4, "hidden": (12,)},
    "embedding_mlp": {"depth": 8, "widths": (4, 5, 6), "hidden": (12,)},
    "fe_dr_mlp": {"axes": 16, "hidden": (32,)},
    "fe_mlp": {"hidden": (12,)},
    "inception": {"widths": (16, 32), "modules": 1, "stem": 4},
    "mlp": {"hidden": (12,)},
    "r2_cnn": {"widths": (4, 6)},
    "r2_res": {"blocks": 1, "width": 6, "stem": (4, 5)},
    "r3_model_1": {"width": 2, "dense": 16},
    "r3_model_2": {"width": 2},
    "r3_model_2_published": {"width": 2},
    "r3_model_3": {"width": 2, "dropout": 0.1},
    "r3_model_3_published": {"width": 2, "dropout": 0.1},
    "resnet": {"depth": 8, "widths": (4, 5, 6)},
    "resnet32": {"widths": (2, 3, 4)},
    "resnet44": {"widths": (2, 3, 4)},
    "resnet56": {"widths": (2, 3, 4)},
    "resnet110": {"widths": (2, 3, 4)},
    "resnet18": {"widths": (4, 5, 6, 7)},
    "resnet50": {"widths": (3, 4), "blocks": (2, 1), "dense": 6},
    "resnet50_imagenet": {"widths": (3, 4), "blocks": (2, 1)},
    "speedrun": {"widths": (8, 8, 8)},
    "stacked_cnn": {"widths": (4, 6), "dense": 12},
    "vit": {"width": 8, "depth": 1, "heads": 2},
    "wavemix_lite": {"width": 8, "depth": 2},
    "wide_resnet": {"depth": 10, "width": 1, "dropout": 0.1},
}
"""The smallest that still has every kind of layer; the others are small or have no arguments."""

DISTINCT = list(
    {
        digest(function(10)): name
        for name, function in sorted(MODELS.items(), key=lambda item: item[0] in ARGUMENTS)
    }.values()
)
"""One name for each architecture; of several, one whose arguments can be small."""

_SIDES = {"lenet5": 16, "speedrun": 32, "resnet50_imagenet": 16}
_SIDES |= {name: 16 for name in MODELS if name.startswith("r3_")}
GRAY = ("characters_cnn", "lenet5", "r2_cnn", "r2_res")
"""Models that usually read characters; the others read photographs."""


def usual(name: str) -> Shape:
    """What an architecture usually reads."""
    return CHARACTERS if name in GRAY else CIFAR


def small(name: str, classes: int) -> tuple[Layer, Shape]:
    """The architecture at its smallest, and the shape of few pixels that it reads."""
    side = _SIDES.get(name, 8)
    return (
        MODELS[name](classes, **ARGUMENTS.get(name, {})),
        (1 if name in GRAY else 3, side, side),
    )
