import numpy as np
import pytest

from tests.losses.whole import Whole
from thumblab.core.errors import UsageError
from thumblab.losses import CrossEntropy, EffectiveNumber, Focal, loss_and_grad, resolve

EXAMPLES = [Focal(), Focal(0.0), Focal(0.5, 0.25), Focal(3.0, alpha=(0.5, 2.0, 1.0, 0.0, 1.5))]


def test_gamma_0_is_cross_entropy() -> None:
    rng = np.random.default_rng(0)
    logits, labels = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    focal, cross = (
        loss_and_grad(loss, logits, labels, Whole(6)) for loss in (Focal(0), CrossEntropy())
    )
    assert focal[0] == pytest.approx(cross[0], rel=1e-14)
    np.testing.assert_allclose(focal[1], cross[1], rtol=1e-13)


def test_by_hand() -> None:
    logits = np.log([[0.8, 0.2]])
    value, _ = loss_and_grad(Focal(2.0, alpha=(0.25, 1.0)), logits, np.array([0]), Whole())
    assert value == pytest.approx(-0.25 * 0.2**2 * np.log(0.8))


def test_factors_may_come_from_the_data() -> None:
    loss = Focal(alpha=EffectiveNumber(0.0))
    assert resolve(loss, [10, 30]) == Focal(alpha=(1.0, 1.0))
    with pytest.raises(UsageError, match=r"has not seen the data; call resolve\(loss, counts\)"):
        loss_and_grad(loss, np.zeros((1, 2)), np.array([0]), Whole())


def test_wrong_fields_are_refused() -> None:
    with pytest.raises(UsageError, match="gamma must be at least 0 and finite"):
        Focal(-1.0)
    for alpha in (-1.0, (1.0, -1.0), float("inf")):
        with pytest.raises(UsageError, match="alpha must be at least 0 and finite"):
            Focal(alpha=alpha)
    with pytest.raises(UsageError, match="alpha must be one number, or one for each class"):
        Focal(alpha=(1.0,))
    with pytest.raises(UsageError, match="has 2 factors for 3 classes"):
        loss_and_grad(Focal(alpha=(1.0, 2.0)), np.zeros((1, 3)), np.array([0]), Whole())
