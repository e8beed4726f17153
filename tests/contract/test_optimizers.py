"""What every optimizer must satisfy, found by listing ``thumblab.optim``."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import thumblab.optim
from tests.contract.subjects import OPTIMIZERS, public
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.optim import Optimizer, torch_optimizer, update

NAMED = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
SIZE = 1003
"""Not a multiple of any vector register."""


def empty_slots(optimizer: Optimizer, size: int = SIZE) -> dict[str, np.ndarray]:
    return {name: np.zeros(size) for name in optimizer.slots}


def test_every_optimizer_has_an_example() -> None:
    assert set(public(thumblab.optim, Optimizer)) == {type(example) for example in OPTIMIZERS}


@NAMED
def test_ten_steps_agree_with_torch(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(0)
    weight, slots = rng.standard_normal(SIZE), empty_slots(optimizer)
    parameter = torch.nn.Parameter(torch.from_numpy(weight.copy()))
    twin = torch_optimizer(optimizer, [parameter], torch)
    for step in range(10):
        rate = 0.05 * (1 + step % 4)
        grad = rng.standard_normal(SIZE)
        update(optimizer, weight, grad.copy(), slots, rate, step + 1)
        for group in twin.param_groups:
            group["lr"] = rate
        parameter.grad = torch.from_numpy(grad)
        twin.step()
        theirs = parameter.detach().numpy()
        np.testing.assert_allclose(weight, theirs, rtol=1e-12, atol=1e-13, err_msg=f"step {step}")


@NAMED
def test_weights_move_one_by_one_wherever_the_vector_is_cut(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(1)
    whole, slots = rng.standard_normal(SIZE), empty_slots(optimizer)
    cut, cut_slots = whole.copy(), empty_slots(optimizer)
    for step in range(3):
        grad = rng.standard_normal(SIZE)
        update(optimizer, whole, grad, slots, 0.1, step + 1)
        for part in (slice(0, 7), slice(7, 520), slice(520, SIZE)):
            views = {name: slot[part] for name, slot in cut_slots.items()}
            update(optimizer, cut[part], grad[part], views, 0.1, step + 1)
    np.testing.assert_array_equal(cut, whole)
    for name, slot in slots.items():
        np.testing.assert_array_equal(cut_slots[name], slot)


@NAMED
def test_the_gradient_is_left_alone(optimizer: Optimizer) -> None:
    grad = np.random.default_rng(2).standard_normal(SIZE)
    copy = grad.copy()
    update(optimizer, np.ones(SIZE), grad, empty_slots(optimizer), 0.1, 1)
    np.testing.assert_array_equal(grad, copy)


@NAMED
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_dtype_stays(optimizer: Optimizer, dtype: str) -> None:
    weight = np.ones(5, dtype)
    slots = {name: np.zeros(5, dtype) for name in optimizer.slots}
    update(optimizer, weight, np.ones(5, dtype), slots, 0.1, 1)
    assert {array.dtype for array in (weight, *slots.values())} == {np.dtype(dtype)}
    assert (weight < 1).all()


@NAMED
def test_optimizers_serialise(optimizer: Optimizer) -> None:
    copy = from_dict(to_dict(optimizer))
    assert copy == optimizer
    assert digest(copy) == digest(optimizer)
    assert hash(copy) == hash(optimizer)
