from __future__ import annotations

from tests.audit.made import MODEL, Case, Shelf, alone
from thumblab.audit import Subject, rule_named
from thumblab.layers import (
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    ReLU,
    Scale,
    Sequential,
    Softmax,
)
from thumblab.losses import MeanSquared

POOLED = Sequential(Conv(8, stride=2), ReLU(), Conv(256, stride=2), ReLU(), GlobalAvgPool())
"""As report R3's models 2 and 3: 256 pooled features for ten logits."""
TWICE = Sequential(*MODEL.layers, Softmax())


def features_as_logits(shelf: Shelf) -> Subject:
    return alone(shelf.trained(model=POOLED, epochs=1))


def dense_head(shelf: Shelf) -> Subject:
    return alone(shelf.trained())


def softmax_twice(shelf: Shelf) -> Subject:
    return alone(shelf.trained(model=TWICE))


def softmax_for_squares(shelf: Shelf) -> Subject:
    return alone(shelf.trained(model=TWICE, loss=MeanSquared()))


def scaled_relu(shelf: Shelf) -> Subject:
    layers = (Flatten(), Dense(32), ReLU(), Sequential(Dense(10), ReLU(), Scale(0.5)))
    return alone(shelf.trained(model=Sequential(*layers)))


CASES = [
    Case("M04", features_as_logits, dense_head),
    Case("M05", features_as_logits, dense_head),
    Case("M05", softmax_twice, softmax_for_squares),
    Case("M05", scaled_relu, dense_head),
]


def test_both_widths_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("M04").findings(features_as_logits(shelf))
    assert found.what == "256 logits for 10 classes"
    (found,) = rule_named("M05").findings(scaled_relu(shelf))
    assert found.evidence["path"] == "3.1"
