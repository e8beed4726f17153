import numpy as np
import pytest

from tests.losses.whole import Whole
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.losses import SoftTargets, loss_and_grad

EXAMPLES = [SoftTargets(), SoftTargets(4.0), SoftTargets(temperature=0.5)]


def test_at_temperature_1_it_is_the_cross_entropy_of_torch_with_probabilities() -> None:
    rng = np.random.default_rng(0)
    logits, targets = rng.standard_normal((6, 4)), rng.dirichlet(np.ones(4), 6)
    value, _ = loss_and_grad(SoftTargets(), logits, targets, Whole(6))
    theirs = torch.nn.CrossEntropyLoss()(torch.from_numpy(logits), torch.from_numpy(targets))
    assert value == pytest.approx(theirs.item(), rel=1e-13)


def test_the_gradient_is_nothing_where_the_softened_logits_are_the_targets() -> None:
    logits = np.array([[1.0, -2.0, 0.5]])
    softened = np.exp(logits / 4) / np.exp(logits / 4).sum()
    np.testing.assert_allclose(
        loss_and_grad(SoftTargets(4.0), logits, softened, Whole())[1], 0, atol=1e-15
    )


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("inf"), float("nan")])
def test_wrong_temperatures_are_refused(temperature: float) -> None:
    with pytest.raises(UsageError, match="the temperature must be above 0 and finite"):
        SoftTargets(temperature)
