from math import log

import numpy as np
import pytest

from tests.losses.whole import Whole
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.losses import (
    CrossEntropy,
    InverseFrequency,
    loss_and_grad,
    plain_cross_entropy,
    resolve,
    torch_loss,
)

WEIGHTS = (0.5, 2.0, 1.0, 0.0, 1.5)
EXAMPLES = [
    CrossEntropy(),
    CrossEntropy(smoothing=0.1),
    CrossEntropy(smoothing=0.5),
    CrossEntropy(weights=WEIGHTS),
    CrossEntropy(smoothing=0.2, weights=WEIGHTS),
]


def test_equal_logits_cost_the_logarithm_of_the_classes() -> None:
    for loss in EXAMPLES[:3]:
        value, gradient = loss_and_grad(loss, np.zeros((1, 4)), np.array([2]), Whole())
        assert value == pytest.approx(log(4))
        assert gradient.sum() == pytest.approx(0)


def test_a_heavy_class_counts_like_copies_of_its_samples() -> None:
    logits, labels = np.random.default_rng(0).standard_normal((3, 2)), np.array([0, 1, 1])
    weighted = loss_and_grad(CrossEntropy(weights=(3.0, 1.0)), logits, labels, Whole(3))[0]
    copied = loss_and_grad(
        CrossEntropy(), logits[[0, 0, 0, 1, 2]], labels[[0, 0, 0, 1, 2]], Whole(5)
    )
    assert weighted == pytest.approx(copied[0])


def test_a_batch_without_any_weight_costs_nothing() -> None:
    value, gradient = loss_and_grad(
        CrossEntropy(weights=(0.0, 1.0)), np.ones((2, 2)), np.zeros(2, int), Whole(2)
    )
    assert value == 0
    assert (gradient == 0).all()


def test_such_a_batch_costs_nothing_in_pytorch_either() -> None:
    logits = torch.ones(2, 2, requires_grad=True)
    value = torch_loss(CrossEntropy(0.1, weights=(0.0, 1.0)), torch)(logits, torch.zeros(2).long())
    value.backward()
    assert logits.grad is not None
    assert (float(value.detach()), float(logits.grad.abs().max())) == (0, 0)


def test_weights_may_come_from_the_data() -> None:
    loss = CrossEntropy(0.1, weights=InverseFrequency())
    assert resolve(loss, [10, 30]) == CrossEntropy(0.1, weights=(1.5, 0.5))
    with pytest.raises(UsageError, match=r"has not seen the data; call resolve\(loss, counts\)"):
        loss_and_grad(loss, np.zeros((1, 2)), np.array([0]), Whole())


def test_smoothing_is_a_share() -> None:
    for smoothing in (1.0, -0.1):
        with pytest.raises(UsageError, match=r"the smoothing must be in \[0, 1\)"):
            CrossEntropy(smoothing)


def test_wrong_weights_are_refused() -> None:
    for weights in ((1.0, -1.0), (0.0, 0.0), (1.0, float("nan")), ()):
        with pytest.raises(UsageError, match="weights must be finite and at least 0, one of them"):
            CrossEntropy(weights=weights)
    with pytest.raises(UsageError, match="has 2 weights for 3 classes"):
        loss_and_grad(CrossEntropy(weights=(1.0, 2.0)), np.zeros((1, 3)), np.array([0]), Whole())


def test_soft_targets_may_be_of_another_dtype_than_the_logits() -> None:
    logits = torch.zeros(2, 3, dtype=torch.float64)
    soft = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert torch_loss(CrossEntropy(), torch)(logits, soft).item() == pytest.approx(log(3))


def test_one_class_has_no_loss_of_negative_zero() -> None:
    logits, labels = np.zeros((3, 1), np.float32), np.zeros(3, int)
    for targets in (labels, np.ones((3, 1), np.float32)):
        value, correct = plain_cross_entropy(logits, targets)
        assert (str(value), correct) == ("0.0", 3)
    assert str(loss_and_grad(CrossEntropy(), logits, labels, Whole(3))[0]) == "0.0"
