"""What every loss must satisfy, found by listing ``thumblab.losses``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pytest

import thumblab.losses
from tests.contract.subjects import LOSSES, public
from tests.optional import torch
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.engines.numpy.workers.protocol import Communicator, SingleWorker
from thumblab.engines.numpy.workers.threads import ThreadCommunicator
from thumblab.losses import Loss, loss_and_grad, resolve, torch_loss

NAMED = pytest.mark.parametrize("loss", LOSSES, ids=repr)


SOFT = pytest.mark.parametrize("soft", [False, True], ids=["labels", "soft"])


@dataclass(frozen=True)
class LossContext:
    """One worker's part of a batch."""

    batch: int
    rank: int = 0
    communicator: Communicator = field(default_factory=SingleWorker)

    def all_reduce(self, value: np.ndarray) -> np.ndarray:
        return self.communicator.all_reduce(self.rank, value)


def batch(samples: int = 9, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return 3 * rng.standard_normal((samples, classes)), rng.integers(0, classes - 1, samples)


def targets_of(labels: np.ndarray, soft: bool, classes: int = 5) -> np.ndarray:
    """The labels, or mixtures of two of them as mixup makes them."""
    if not soft:
        return labels
    share, one_hot = np.random.default_rng(1).random((len(labels), 1)), np.eye(classes)[labels]
    return share * one_hot + (1 - share) * one_hot[::-1]


def test_every_loss_has_an_example() -> None:
    assert set(public(thumblab.losses, Loss)) == {type(example) for example in LOSSES}


@NAMED
@SOFT
@pytest.mark.parametrize("samples", [1, 9])
def test_value_and_gradient_agree_with_torch(loss: Loss, samples: int, soft: bool) -> None:
    """The last class no_backward occurs."""
    logits, labels = batch(samples)
    targets = targets_of(labels, soft)
    value, gradient = loss_and_grad(loss, logits, targets, LossContext(samples))
    leaf = torch.from_numpy(logits).requires_grad_()
    theirs = torch_loss(loss, torch)(leaf, torch.from_numpy(targets))
    theirs.backward()
    assert value == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-11, atol=1e-14)


@NAMED
@SOFT
def test_a_loss_of_nothing_is_no_negative_zero(loss: Loss, soft: bool) -> None:
    """Tables would show it as -0.0000."""
    logits, labels = np.eye(5)[[1, 3]] * 1e4, np.array([1, 3])
    targets = np.eye(5)[labels] if soft else labels
    value, _ = loss_and_grad(loss, logits, targets, LossContext(2))
    assert not np.signbit(value)


@NAMED
@SOFT
def test_the_gradient_agrees_with_differences(loss: Loss, soft: bool) -> None:
    logits, labels = batch()
    targets = targets_of(labels, soft)
    _, gradient = loss_and_grad(loss, logits, targets, LossContext(9))
    direction = np.random.default_rng(1).standard_normal(logits.shape)
    up, down = (
        loss_and_grad(loss, logits + sign * 1e-6 * direction, targets, LossContext(9))[0]
        for sign in (1, -1)
    )
    assert np.vdot(gradient, direction) == pytest.approx((up - down) / 2e-6, rel=1e-7)


@NAMED
@SOFT
def test_the_parts_of_a_batch_sum_to_the_whole(loss: Loss, soft: bool) -> None:
    logits, labels = batch()
    targets = targets_of(labels, soft)
    whole, gradient = loss_and_grad(loss, logits, targets, LossContext(9))
    communicator = ThreadCommunicator(2)

    def part(rank: int) -> tuple[float, np.ndarray]:
        rows = (slice(0, 4), slice(4, 9))[rank]
        return loss_and_grad(loss, logits[rows], targets[rows], LossContext(9, rank, communicator))

    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(part, (0, 1), timeout=60))
    assert sum(value for value, _ in parts) == pytest.approx(whole, rel=1e-14)
    found = np.concatenate([gradient for _, gradient in parts])
    np.testing.assert_allclose(found, gradient, rtol=1e-13, atol=1e-16)


@NAMED
def test_a_label_is_the_soft_target_that_is_1_at_its_class(loss: Loss) -> None:
    if getattr(loss, "weights", None):
        return  # labels divide by the sum of their weights, as in torch
    logits, labels = batch()
    value, gradient = loss_and_grad(loss, logits, labels, LossContext(9))
    for dtype in ("f4", "f8"):
        soft, soft_gradient = loss_and_grad(
            loss, logits, np.eye(5, dtype=dtype)[labels], LossContext(9)
        )
        assert soft == pytest.approx(value, rel=1e-13)
        np.testing.assert_allclose(soft_gradient, gradient, rtol=1e-12, atol=1e-16)


@NAMED
@SOFT
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_logits_stay_finite(loss: Loss, dtype: str, size: float, soft: bool) -> None:
    logits = np.array(
        [[size, 0, -size, 1, 2], [0, 0, 0, 0, 0], [size, size, size, size, size]], dtype
    )
    targets = targets_of(np.array([0, 1, 2]), soft)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, gradient = loss_and_grad(loss, logits, targets, LossContext(3))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    assert gradient.dtype == logits.dtype


@NAMED
@SOFT
def test_logits_and_targets_are_left_alone(loss: Loss, soft: bool) -> None:
    logits, labels = batch()
    targets = targets_of(labels, soft)
    copies = logits.copy(), targets.copy()
    loss_and_grad(loss, logits, targets, LossContext(9))
    np.testing.assert_array_equal(logits, copies[0])
    np.testing.assert_array_equal(targets, copies[1])


@NAMED
def test_a_loss_that_knows_the_data_stays_as_it_is(loss: Loss) -> None:
    assert resolve(loss, [3, 1, 4, 1, 5], [0, 0, 1, 1, 1]) == loss


@NAMED
def test_losses_serialize(loss: Loss) -> None:
    copy = from_dict(to_dict(loss))
    assert copy == loss
    assert digest(copy) == digest(loss)
    assert hash(copy) == hash(loss)
