import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import SGD, OneCycle, update

EXAMPLES = [
    SGD(),
    SGD(momentum=0.0, nesterov=True),
    SGD(learning_rate=OneCycle(0.4), nesterov=True, weight_decay=5e-4),
    SGD(weight_decay=0.01),
    SGD(weight_decay=0.01, decoupled=True, nesterov=True),
]


def test_two_steps_by_hand() -> None:
    weight, slots = np.array([1.0]), {"velocity": np.zeros(1)}
    update(SGD(momentum=0.5), weight, np.array([2.0]), slots, 0.1, 1)
    assert weight[0] == pytest.approx(0.8)  # 1 - 0.1 * 2
    update(SGD(momentum=0.5), weight, np.array([2.0]), slots, 0.1, 2)
    assert weight[0] == pytest.approx(0.5)  # 0.8 - 0.1 * (0.5 * 2 + 2)


def test_coupled_decay_passes_through_momentum_and_decoupled_does_not() -> None:
    for decoupled, velocity in ((False, 0.5), (True, 0.0)):
        optimizer = SGD(weight_decay=0.5, decoupled=decoupled)
        slots, weight = {"velocity": np.zeros(1)}, np.ones(1)
        update(optimizer, weight, np.zeros(1), slots, 0.1, 1)
        assert slots["velocity"][0] == velocity
        assert weight[0] == pytest.approx(0.95)


@pytest.mark.parametrize("wrong", [{"momentum": 1.0}, {"momentum": -0.1}, {"weight_decay": -1e-4}])
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(
        UsageError, match=r"momentum must be in \[0, 1\) and weight_decay at least 0"
    ):
        SGD(**wrong)  # type: ignore[arg-type]
