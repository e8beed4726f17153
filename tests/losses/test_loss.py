from dataclasses import dataclass

import numpy as np
import pytest

from tests.losses.whole import Whole
from tests.optional import torch
from thumblab.core.errors import MissingRuleError
from thumblab.losses import Loss, loss_and_grad, torch_loss
from thumblab.losses.loss import log_softmax


@dataclass(frozen=True)
class Ruleless(Loss):
    pass


def test_a_missing_rule_says_how_to_write_one() -> None:
    with pytest.raises(
        MissingRuleError, match=r"Ruleless has no NumPy rule; .* @loss_and_grad\.reg"
    ):
        loss_and_grad(Ruleless(), np.zeros((1, 2)), np.zeros(1, int), Whole())
    with pytest.raises(MissingRuleError, match=r"no PyTorch rule; .* @torch_loss\.register"):
        torch_loss(Ruleless(), torch)


def test_log_softmax_is_a_distribution_and_ignores_a_shift() -> None:
    logits = np.array([[1.0, 2.0, -1000.0], [1e4, 0.0, 1e4]])
    found = log_softmax(logits)
    np.testing.assert_allclose(np.exp(found).sum(1), 1)
    np.testing.assert_allclose(log_softmax(logits + 1e3), found, rtol=1e-9)
