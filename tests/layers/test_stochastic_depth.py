from typing import Literal

import numpy as np
import pytest

from tests.optional import torch
from thumblab.core.errors import ShapeError
from thumblab.core.rules import torch_twin
from thumblab.engines.numpy import Network
from thumblab.layers import Sequential, StochasticDepth, residual

EXAMPLES = [
    (StochasticDepth(0.0), (4, 6, 6)),
    (StochasticDepth(0.0), (12,)),
    (residual(Sequential(StochasticDepth(0.0))), (3, 5, 7)),
]
RULES: tuple[Literal["fast", "reference"], ...] = ("fast", "reference")


@pytest.mark.parametrize("rules", RULES)
def test_whole_samples_are_dropped_and_the_mean_is_kept(
    rules: Literal["fast", "reference"],
) -> None:
    net = Network(StochasticDepth(0.3), (2, 3, 3), workers=1, rules=rules)
    x = np.ones((5000, 2, 3, 3), "f4")
    y, backward = net.run(x, training=True)
    flat = y.reshape(5000, -1)
    assert (flat == flat[:, :1]).all()
    assert abs((flat[:, 0] == 0).mean() - 0.3) < 0.02
    np.testing.assert_allclose(flat.max(), 1 / 0.7, rtol=1e-4)
    np.testing.assert_array_equal(backward(x)["input"], y)


def test_both_rules_and_every_worker_draw_the_same() -> None:
    x = np.ones((21, 3, 5, 7))
    fast, plain = (
        Network(StochasticDepth(0.5), (3, 5, 7), dtype="f8", workers=1, rules=rules)
        .run(x, training=True, step=4)[0]
        .copy()
        for rules in RULES
    )
    np.testing.assert_array_equal(fast, plain)


def test_draws_differ_between_steps() -> None:
    net = Network(StochasticDepth(0.5), (1,), workers=1)
    first = net.run(np.ones((64, 1), "f4"), training=True, step=0)[0].copy()
    assert (first != net.run(np.ones((64, 1), "f4"), training=True, step=1)[0]).any()


def test_prediction_changes_nothing() -> None:
    x = np.ones((2, 5), "f4")
    assert (Network(StochasticDepth(0.5), (5,), workers=1).run(x, training=False)[0] == x).all()


def test_the_twin_drops_as_often_by_the_same_factor() -> None:
    torch.manual_seed(0)
    twin = torch_twin(StochasticDepth(0.25), (2, 2, 2), torch)
    y = twin(torch.ones(5000, 2, 2, 2)).flatten(1)
    assert (y == y[:, :1]).all()
    assert abs((y[:, 0] == 0).double().mean() - 0.25) < 0.02
    assert float(y.max()) == pytest.approx(4 / 3)
    assert (twin.eval()(torch.ones(9, 2, 2, 2)) == 1).all()


@pytest.mark.parametrize("rate", [1.0, -0.1, 0.999999, float("nan")])
def test_the_rate_is_a_share(rate: float) -> None:
    with pytest.raises(ShapeError, match=r"the rate must be at least 0 and less than 0\.99999"):
        StochasticDepth(rate)
