import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import RMSprop, update

EXAMPLES = [RMSprop(), RMSprop(momentum=0.9, weight_decay=0.1), RMSprop(alpha=0.9, eps=1e-3)]


def test_the_first_step_by_hand() -> None:
    weight, slots = np.ones(1), {"square": np.zeros(1), "velocity": np.zeros(1)}
    update(RMSprop(alpha=0.75, eps=0.0), weight, np.array([3.0]), slots, 0.1, 1)
    assert weight[0] == pytest.approx(1 - 0.1 * 3 / 1.5)


@pytest.mark.parametrize(
    "wrong", [{"alpha": 1.0}, {"momentum": -0.1}, {"eps": -1.0}, {"weight_decay": -0.1}]
)
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"alpha and momentum must be in \[0, 1\), eps and"):
        RMSprop(**wrong)  # type: ignore[arg-type]
