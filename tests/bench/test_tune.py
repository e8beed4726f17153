from __future__ import annotations

from typing import Any

import pytest

from thumblab.bench import tune
from thumblab.bench.tune import LEAST_GAIN, Row, Use, find_uses, measure, plan_of, share, whole_ms
from thumblab.core.errors import UsageError
from thumblab.kernels.conv_shape import ConvShape
from thumblab.kernels.plan import Choice, standard, supported
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, ReLU, Sequential, residual

SAME, NONE = ((1, 1), (1, 1)), ((0, 0), (0, 0))
MODEL = Sequential(
    Conv(4),
    ReLU(),
    Conv(4, bias=False),
    BatchNorm(),
    ReLU(),
    residual(Sequential(Conv(4), ReLU(), Conv(4, kernel=1))),
    MaxPool(2),
    Conv(6, stride=2, groups=2),
    Flatten(),
    Dense(3),
)
FIRST = ConvShape(4, 4, 8, 8, 3, 1, SAME)
USES = [
    Use(FIRST, 3, True),
    Use(ConvShape(4, 4, 8, 8, 1, 1, NONE), 1, True),
    Use(ConvShape(4, 6, 2, 2, 3, 2, ((0, 1), (0, 1))), 1, True),
]


def test_every_convolution_is_found_as_the_engine_computes_it() -> None:
    """Fused or not, groups in bundles; the first one's gradient is read where others need the shape."""
    assert find_uses([(MODEL, (4, 8, 8))]) == USES
    first, *_ = find_uses([(Sequential(Conv(4), Flatten(), Dense(3)), (1, 8, 8))])
    assert first == Use(ConvShape(1, 4, 8, 8, 3, 1, SAME), 1, needs_input_grad=False)


def test_cases_of_several_models_are_counted_together() -> None:
    other = Sequential(Conv(4), Flatten(), Dense(3))
    found = find_uses([(other, (4, 8, 8)), (MODEL, (4, 8, 8))])
    assert found == [Use(FIRST, 4, True), *USES[1:]]


def test_models_without_a_convolution_have_nothing_to_tune() -> None:
    with pytest.raises(UsageError, match="there is no convolution in these models; name one"):
        find_uses([(Sequential(Flatten(), Dense(3)), (1, 4, 4)), (Dense(3), (7,))])


@pytest.mark.parametrize(
    ("batch", "workers", "groups"), [(128, 2, 4), (128, 1, 8), (1, 1, 1), (33, 2, 2), (16, 64, 1)]
)
def test_the_largest_share_of_a_batch_is_measured(batch: int, workers: int, groups: int) -> None:
    assert share(batch, workers) == groups
    assert share(16, None) == 1


@pytest.mark.parametrize("use", [*USES, Use(ConvShape(1, 2, 1, 1, 3, 1, SAME)), Use(USES[2].shape)])
def test_every_kernel_that_can_do_a_case_is_measured(use: Use) -> None:
    row = measure(use, groups=1, rounds=1)
    assert tuple(row.milliseconds) == supported(use.shape)
    assert min(row.milliseconds.values()) > 0
    assert row.table == standard(use.shape, precise=False)
    assert row.fastest == row.table or row.gain >= LEAST_GAIN


def times(**seconds: float) -> Any:
    return lambda turns, rounds, burst: {name: [seconds[name]] * rounds for name in turns}


def test_the_fastest_kernel_is_chosen_and_the_table_where_little_is_gained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        tune, "take_turns", times(winograd4=4.0, winograd3=3.9, winograd2=2.0, lowering=9.0)
    )
    row = measure(USES[0], 1, 3)
    assert (row.table, row.fastest, row.gain) == ("winograd4", "winograd2", 2.0)
    assert row.milliseconds["lowering"] == 9e3
    monkeypatch.setattr(
        tune, "take_turns", times(winograd4=4.0, winograd3=3.9, winograd2=5.0, lowering=9.0)
    )
    row = measure(USES[0], 1, 3)
    assert (row.fastest, row.gain) == ("winograd4", 1.0)


def test_rows_make_a_plan_and_its_gain_counts_every_use() -> None:
    rows = [
        Row(USES[0], {"winograd4": 4.0, "winograd2": 2.0}, "winograd4", "winograd2", 2.0),
        Row(USES[1], {"pointwise": 1.0, "lowering": 3.0}, "pointwise", "pointwise", 1.0),
    ]
    assert plan_of(rows).choices == (
        Choice(USES[0].shape, "winograd2"),
        Choice(USES[1].shape, "pointwise"),
    )
    assert whole_ms(rows) == (13.0, 7.0)


def test_numbers_below_one_are_refused() -> None:
    for batch, workers in ((0, 1), (1, 0)):
        with pytest.raises(UsageError, match="must both be at least 1"):
            share(batch, workers)
    with pytest.raises(UsageError, match="0 rounds measure nothing"):
        measure(USES[0], 1, 0)
