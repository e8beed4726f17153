import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import Adagrad, update

EXAMPLES = [Adagrad(), Adagrad(weight_decay=0.1, eps=1e-3)]


def test_equal_gradients_move_less_and_less() -> None:
    weight, slots = np.zeros(1), {"square": np.zeros(1)}
    for step in range(3):
        update(Adagrad(), weight, np.array([4.0]), slots, 1.0, step + 1)
    assert weight[0] == pytest.approx(-(1 + 2**-0.5 + 3**-0.5))


@pytest.mark.parametrize("wrong", [{"eps": -1.0}, {"weight_decay": -0.1}])
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="eps and weight_decay must be at least 0"):
        Adagrad(**wrong)  # type: ignore[arg-type]
