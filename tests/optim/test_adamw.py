import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import AdamW, update

EXAMPLES = [AdamW(), AdamW(weight_decay=0.2, eps=1e-4), AdamW(weight_decay=0.0)]


def test_decay_is_not_part_of_the_moments() -> None:
    weight, slots = np.ones(1), {"mean": np.zeros(1), "square": np.zeros(1)}
    update(AdamW(weight_decay=0.5), weight, np.zeros(1), slots, 0.1, 1)
    assert weight[0] == pytest.approx(0.95)
    assert slots["mean"][0] == slots["square"][0] == 0


def test_wrong_fields_are_refused() -> None:
    with pytest.raises(UsageError, match=r"in \[0, 1\), eps and weight_decay at least 0"):
        AdamW(weight_decay=-0.1)
