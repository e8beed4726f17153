from __future__ import annotations

from tests.audit.made import Case, Shelf, alone
from thumblab.audit import Subject, rule_named
from thumblab.core.layer import Layer
from thumblab.layers import (
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    MaxPool,
    ReLU,
    Resize,
    Sequential,
)


def trained(shelf: Shelf, *layers: Layer) -> Subject:
    return alone(shelf.trained(model=Sequential(*layers), epochs=1))


def two_dense_layers(shelf: Shelf) -> Subject:
    return trained(shelf, Flatten(), Dense(32), Dropout(0.1), Dense(10))


def two_convolutions(shelf: Shelf) -> Subject:
    return trained(shelf, Conv(4, stride=2), Conv(8), ReLU(), GlobalAvgPool(), Dense(10))


def separable(shelf: Shelf) -> Subject:
    layers = (Conv(4, stride=2), ReLU(), Conv(4, groups=4), Conv(8, kernel=1), ReLU())
    return trained(shelf, *layers, GlobalAvgPool(), Dense(10))


def photograph_stem(shelf: Shelf) -> Subject:
    layers = (Conv(4, kernel=7, stride=2), ReLU(), MaxPool(2), Conv(8), ReLU())
    return trained(shelf, *layers, GlobalAvgPool(), Dense(10))


def enlarged(shelf: Shelf) -> Subject:
    """What is made large first has its details when the second convolution reads it."""
    layers = (Resize(56), Conv(4, kernel=7, stride=2), ReLU(), Conv(8), ReLU())
    return trained(shelf, *layers, GlobalAvgPool(), Dense(10))


def pools(shelf: Shelf, *sides: int) -> Subject:
    layers: list[Layer] = []
    for side in sides:
        layers += [MaxPool(side)] if side > 1 else []
        layers += [Conv(4), ReLU()]
    return trained(shelf, *layers, GlobalAvgPool(), Dense(10))


def one_pixel_at_once(shelf: Shelf) -> Subject:
    return pools(shelf, 1, 28, 1, 1, 1)


def one_pixel_at_last(shelf: Shelf) -> Subject:
    return pools(shelf, 1, 2, 2, 1, 7)


CASES = [
    Case("M06", two_dense_layers, separable),
    Case("M06", two_convolutions, separable),
    Case("M07", photograph_stem, separable),
    Case("M07", photograph_stem, enlarged),
    Case("M08", one_pixel_at_once, one_pixel_at_last),
]


def test_shapes_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("M07").findings(photograph_stem(shelf))
    assert found.evidence == {"path": "3", "first": [1, 28, 28], "second": [4, 7, 7]}
    (found,) = rule_named("M06").findings(two_dense_layers(shelf))
    assert found.evidence["pairs"] == ["1 and 3"]
