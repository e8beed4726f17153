"""What stands between the last features and the loss."""

from __future__ import annotations

from collections.abc import Iterator

from thumblab.audit.examined import Examined
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.layer import Layer
from thumblab.layers import (
    ELU,
    GELU,
    SELU,
    AdaptiveAvgPool,
    AvgPool,
    Dropout,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    Hardswish,
    Identity,
    LeakyReLU,
    MaxPool,
    Mish,
    ReLU,
    Scale,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softsign,
    Tanh,
    TokenMean,
)
from thumblab.losses import MeanSquared

ACTIVATIONS = (
    ELU, GELU, SELU, Hardswish, LeakyReLU, Mish, ReLU, Sigmoid, SiLU, Softmax, Softsign, Tanh
)  # fmt: skip
PASSING = (
    AdaptiveAvgPool, AvgPool, Dropout, Flatten, GlobalAvgPool, GlobalMaxPool, Identity, MaxPool, Scale,
    TokenMean,
)  # fmt: skip
"""Layers behind which an activation still bounds the logits."""


def shape_of(run: Examined) -> tuple[int, ...]:
    """Of a sample."""
    assert run.kept is not None
    return tuple(run.kept[1]["shape"])


@rule(
    code="M04",
    severity="error",
    title="More logits than classes",
    trigger="The network writes more outputs than its data have classes.",
    why="The loss spreads probability over answers that do not exist; features stand where a "
    "classifier should.",
    remedy="End with a dense layer of as many units as classes.",
    source="Report R3: models 2 and 3 take 256 pooled features for ten logits.",
)
def wider_than_classes(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        if each.kept is None:
            continue
        outputs = each.experiment.model.out_shape(shape_of(each))[0]
        classes = len(each.kept[1]["classes"])
        if outputs > classes:
            yield Observation(
                each.name,
                f"{outputs} logits for {classes} classes",
                {"outputs": outputs, "classes": classes},
            )


@rule(
    code="M05",
    severity="error",
    title="An activation before the loss's softmax",
    trigger="The last layer that computes is an activation, or a softmax, and the loss takes a softmax of "
    "what it gets.",
    why="Logits that cannot be below 0, or not beyond 1, keep probabilities from coming near 0 or 1, "
    "and the gradient vanishes where the activation is flat.",
    remedy="Remove it: the loss and the predictions want plain logits.",
    source="Report R3 (pooled ReLU features as logits); Schoop et al. 2021, UMLAUT, "
    "doi:10.1145/3411764.3445538; Ben Braiek & Khomh 2023, arXiv:2204.00694.",
)
def activated_head(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        if isinstance(each.experiment.loss, MeanSquared):
            continue
        for path, layer in from_the_end(each.experiment.model):
            if isinstance(layer, ACTIVATIONS):
                yield Observation(
                    each.name,
                    f"{layer} at {path} is the last layer that computes, before the softmax of "
                    f"{each.experiment.loss}",
                    {"path": path, "layer": str(layer)},
                )
            if not isinstance(layer, PASSING):
                break


def from_the_end(layer: Layer, path: str = "") -> Iterator[tuple[str, Layer]]:
    """Layers that run one after another, the last first; branches count as one layer."""
    if isinstance(layer, Sequential):
        for place in reversed(range(len(layer.layers))):
            yield from from_the_end(layer.layers[place], f"{path}{place}.")
    else:
        yield path.rstrip("."), layer
