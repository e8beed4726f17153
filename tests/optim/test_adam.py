import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import Adam, Cosine, update

EXAMPLES = [
    Adam(),
    Adam(learning_rate=Cosine(1e-3), beta1=0.8, beta2=0.99, eps=1e-3),
    Adam(weight_decay=0.1),
]


def test_the_first_step_is_as_long_as_the_rate_whatever_the_gradient() -> None:
    for size in (1e-4, 1.0, 1e4):
        weight, slots = np.ones(1), {"mean": np.zeros(1), "square": np.zeros(1)}
        update(Adam(), weight, np.array([size]), slots, 0.01, 1)
        assert weight[0] == pytest.approx(0.99, rel=1e-5)


@pytest.mark.parametrize("wrong", [{"beta1": 1.0}, {"beta2": -0.1}, {"eps": -1e-9}])
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"beta1 and beta2 must be in \[0, 1\)"):
        Adam(**wrong)  # type: ignore[arg-type]
