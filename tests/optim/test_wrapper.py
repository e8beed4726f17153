import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import (
    EMA,
    SGD,
    Adam,
    Clipped,
    Cosine,
    Grouped,
    Lookahead,
    Muon,
    with_learning_rate,
)
from thumblab.optim.wrapper import blend

EXAMPLES = [
    EMA(Lookahead(Clipped(Grouped(Adam(), {"0": 2.0}), 0.5), every=3), 0.9),
    Grouped(Clipped(EMA(Lookahead(SGD(nesterov=True), every=2))), {"*.bias": 0.1, "7": 3.0}),
    Clipped(EMA(Grouped(Lookahead(Muon(exclude=("7",), renormalize=True)), {"1": 9.0}), 0.5), 0.1),
    EMA(Lookahead(SGD(weight_decay=0.1, decoupled=True), every=2), 0.8),
    Lookahead(Muon(other=SGD(0.1, weight_decay=0.1, decoupled=True), exclude=("7",)), every=3),
    Lookahead(
        Muon(other=Adam(0.01), nesterov=False, weight_decay=0.1, exclude=()), every=4, share=0.8
    ),
]


def test_the_rate_is_the_innermost_one() -> None:
    wrapped = Clipped(EMA(SGD(0.3, momentum=0.5)))
    assert wrapped.learning_rate == 0.3
    assert with_learning_rate(wrapped, Cosine(0.2)) == Clipped(EMA(SGD(Cosine(0.2), momentum=0.5)))


def test_slots_and_what_is_shown_come_from_within() -> None:
    wrapped = Clipped(EMA(Lookahead(Adam())))
    assert wrapped.slots == ("average", "slow", "mean", "square")
    assert wrapped.shown == "average"
    assert Lookahead(SGD()).shown == "slow"
    assert Lookahead(EMA(SGD())).shown == "average"
    assert Clipped(SGD()).shown is None
    assert not wrapped.by_name
    assert Clipped(Muon()).by_name
    assert Clipped(Muon()).whole("3.weight", (4, 4))


def test_each_kind_that_keeps_something_wraps_once() -> None:
    with pytest.raises(UsageError, match=r"keeps average, average, velocity; wrap each kind once"):
        EMA(EMA(SGD()))


def test_a_blend_is_a_share_of_the_way() -> None:
    kept = np.arange(40000.0).reshape(200, 200)
    blend(kept, np.zeros((200, 200)), 0.25)
    np.testing.assert_allclose(kept.reshape(-1), 0.75 * np.arange(40000))
