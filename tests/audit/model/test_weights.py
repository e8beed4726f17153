from __future__ import annotations

import pytest

from tests.audit.made import Case, Shelf, alone
from thumblab.audit import Subject, rule_named
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    Frozen,
    GlobalAvgPool,
    Parallel,
    ReLU,
    Sequential,
    Unused,
)
from thumblab.optim import SGD, Grouped, OneCycle, Optimizer

SKIP = Sequential(Flatten(), Dense(32), ReLU(), Unused(Dense(32)), Dense(10))
"""As report R4's network: a layer that is made and never called."""
USUAL = SGD(learning_rate=OneCycle(0.05), nesterov=True)
DECAYING = SGD(learning_rate=OneCycle(0.05), weight_decay=1e-2)


def skip_that_is_never_called(shelf: Shelf) -> Subject:
    return alone(shelf.trained(model=SKIP))


def skip_that_decays(shelf: Shelf) -> Subject:
    return alone(shelf.trained(model=SKIP, optimizer=DECAYING))


def skip_that_is_called(shelf: Shelf) -> Subject:
    body = Parallel(Dense(32), Sequential())
    return alone(shelf.trained(model=Sequential(Flatten(), Dense(32), ReLU(), body, Dense(10))))


def frozen(shelf: Shelf) -> Subject:
    model = Sequential(Flatten(), Frozen(Dense(32)), ReLU(), Dense(10))
    with pytest.warns(UserWarning, match="frozen"):
        return alone(shelf.trained(model=model))


def held_still(shelf: Shelf) -> Subject:
    still: Optimizer = Grouped(USUAL, {"1.weight": 0.0})  # type: ignore[arg-type]
    return alone(shelf.trained(optimizer=still))


def bias_before_a_norm(shelf: Shelf) -> Subject:
    """The norm takes it out again, so that weight decay alone moves it."""
    layers = (Conv(8, stride=2), BatchNorm(), ReLU(), GlobalAvgPool(), Dense(10))
    return alone(shelf.trained(model=Sequential(*layers), epochs=1, optimizer=DECAYING))


CASES = [
    Case("M01", skip_that_is_never_called, skip_that_is_called),
    Case("M01", skip_that_decays, held_still),
    Case("M01", skip_that_decays, bias_before_a_norm),
    Case("M02", skip_that_is_never_called, skip_that_is_called),
]


def test_what_is_frozen_need_not_move(shelf: Shelf) -> None:
    assert not list(rule_named("M01").findings(frozen(shelf)))


def test_the_paths_and_the_share_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("M01").findings(skip_that_is_never_called(shelf))
    assert found.evidence["unmoved"] == ["3.layer.weight", "3.layer.bias"]
    values = {name: array.size for name, array in shelf.trained(model=SKIP).trained()[0].items()}
    assert found.evidence["share"] == pytest.approx((32 * 32 + 32) / sum(values.values()))
    (found,) = rule_named("M01").findings(skip_that_decays(shelf))
    assert found.evidence["only_decayed"] == ["3.layer.weight", "3.layer.bias"]
    (found,) = rule_named("M02").findings(skip_that_decays(shelf))
    assert found.evidence["unread"] == ["3.layer.weight", "3.layer.bias"]
