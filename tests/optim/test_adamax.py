import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import Adamax, update

EXAMPLES = [Adamax(), Adamax(beta1=0.8, beta2=0.9, eps=1e-3, weight_decay=0.1)]


def test_a_large_gradient_is_remembered() -> None:
    weight, slots = np.zeros(1), {"mean": np.zeros(1), "largest": np.zeros(1)}
    optimizer = Adamax(beta1=0.0, beta2=0.5, eps=0.0)
    for step, grad in enumerate((8.0, 1.0)):
        update(optimizer, weight, np.array([grad]), slots, 1.0, step + 1)
    assert weight[0] == pytest.approx(-(1 + 1 / 4))


@pytest.mark.parametrize(
    "wrong", [{"beta1": 1.0}, {"beta2": -0.1}, {"eps": -1e-9}, {"weight_decay": -0.1}]
)
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"must be in \[0, 1\), eps and weight_decay at least 0"):
        Adamax(**wrong)  # type: ignore[arg-type]
