"""What every loss must satisfy, found by listing ``thumblab.losses``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

import thumblab.losses
from tests.contract.subjects import LOSSES, public
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.losses import Loss, objective, torch_loss

NAMED = pytest.mark.parametrize("loss", LOSSES, ids=repr)


@dataclass(frozen=True)
class Part:
    batch: int


def batch(samples: int = 9, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return 3 * rng.standard_normal((samples, classes)), rng.integers(0, classes - 1, samples)


def test_every_loss_has_an_example() -> None:
    assert set(public(thumblab.losses, Loss)) == {type(example) for example in LOSSES}


@NAMED
@pytest.mark.parametrize("samples", [1, 9])
def test_value_and_gradient_agree_with_torch(loss: Loss, samples: int) -> None:
    """The last class never occurs."""
    logits, labels = batch(samples)
    value, gradient = objective(loss, logits, labels, Part(samples))
    leaf = torch.from_numpy(logits).requires_grad_()
    theirs = torch_loss(loss, torch)(leaf, torch.from_numpy(labels))
    theirs.backward()
    assert value == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-12, atol=1e-14)


@NAMED
def test_the_gradient_agrees_with_differences(loss: Loss) -> None:
    logits, labels = batch()
    _, gradient = objective(loss, logits, labels, Part(9))
    direction = np.random.default_rng(1).standard_normal(logits.shape)
    up, down = (
        objective(loss, logits + sign * 1e-6 * direction, labels, Part(9))[0] for sign in (1, -1)
    )
    assert np.vdot(gradient, direction) == pytest.approx((up - down) / 2e-6, rel=1e-7)


@NAMED
def test_the_parts_of_a_batch_sum_to_the_whole(loss: Loss) -> None:
    logits, labels = batch()
    whole, gradient = objective(loss, logits, labels, Part(9))
    parts = [objective(loss, logits[p], labels[p], Part(9)) for p in (slice(0, 4), slice(4, 9))]
    assert sum(value for value, _ in parts) == pytest.approx(whole, rel=1e-14)
    np.testing.assert_array_equal(np.concatenate([part for _, part in parts]), gradient)


@NAMED
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_logits_stay_finite(loss: Loss, dtype: str, size: float) -> None:
    logits = np.array([[size, 0, -size], [0, 0, 0], [size, size, size]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, gradient = objective(loss, logits, np.array([0, 1, 2]), Part(3))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    assert gradient.dtype == logits.dtype


@NAMED
def test_logits_are_left_alone(loss: Loss) -> None:
    logits, labels = batch()
    copy = logits.copy()
    objective(loss, logits, labels, Part(9))
    np.testing.assert_array_equal(logits, copy)


@NAMED
def test_losses_serialise(loss: Loss) -> None:
    copy = from_dict(to_dict(loss))
    assert copy == loss
    assert digest(copy) == digest(loss)
    assert hash(copy) == hash(loss)
