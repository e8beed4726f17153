import numpy as np
import pytest

from tests.optim.moved import Moved, cut, gradients
from thumblab.core.errors import UsageError
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, LayerNorm, Sequential
from thumblab.optim import (
    EMA,
    SGD,
    Adam,
    AdamW,
    Clipped,
    Grouped,
    Muon,
    Nadam,
    SelectiveDecay,
    names_of,
    resolve,
)

VECTORS = ("0.bias", "1", "4.bias", "7.bias")
EXAMPLES = [
    SelectiveDecay(SGD(weight_decay=0.1), exclude=VECTORS),
    SelectiveDecay(SGD(weight_decay=0.1, decoupled=True), exclude=VECTORS),
    SelectiveDecay(AdamW(weight_decay=0.1), exclude=("7",)),
    EMA(Clipped(Grouped(SelectiveDecay(Adam(weight_decay=0.1), exclude=VECTORS), {"0": 2.0})), 0.9),
    SelectiveDecay(Nadam(weight_decay=0.1, decoupled=True), exclude=VECTORS),
    SelectiveDecay(Muon(weight_decay=0.1, exclude=("7",), other=SGD(0.1)), exclude=("0.weight",)),
]


def test_only_the_weights_that_are_meant_decay() -> None:
    """Without a gradient a weight moves by its decay alone."""
    found = Moved(SelectiveDecay(SGD(weight_decay=0.1), exclude=VECTORS)).run(
        gradients(1, size=0.0)
    )
    start = Moved(SGD())
    moved = {n: (w != cut(start.flat)[n]).any() for n, w in cut(found.flat).items()}
    assert moved == {name: name.endswith(".weight") and name[0] != "1" for name in moved}
    np.testing.assert_allclose(
        cut(found.flat)["4.weight"], (1 - 0.05 * 0.1) * cut(start.flat)["4.weight"]
    )


def test_vectors_are_the_gains_of_norms_and_all_biases() -> None:
    model = Sequential(Conv(4), BatchNorm(), Flatten(), Dense(6), LayerNorm(), Dense(2))
    found = resolve(SelectiveDecay(SGD(weight_decay=0.1)), names_of(model, (1, 8, 8)))
    assert isinstance(found, SelectiveDecay)
    assert set(found.exclude) == {
        *("0.bias", "1.weight", "1.bias", "3.bias", "4.weight", "4.bias", "5.bias")
    }


@pytest.mark.parametrize("wrong", [EMA(), Clipped(Adam())], ids=repr)
def test_what_has_no_decay_of_its_own_is_refused(wrong: EMA | Clipped) -> None:
    with pytest.raises(UsageError, match="has no weight decay; put SelectiveDecay right around"):
        SelectiveDecay(wrong)
