from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

from tests.contract.subjects import OPTIMIZERS
from thumblab.engines.torch.slots import read_slots, set_count, write_slots
from thumblab.optim import Optimizer, set_learning_rate, torch_optimizer

SHAPES = ((4, 3), (3,), (2, 3, 3, 3))


def parameters() -> list[torch.nn.Parameter]:
    torch.manual_seed(0)
    return [torch.nn.Parameter(torch.randn(shape, dtype=torch.float64)) for shape in SHAPES]


def opened(optimizer: Optimizer, weights: list[torch.nn.Parameter]) -> Any:
    return torch_optimizer(optimizer, [(f"{i}.weight", w) for i, w in enumerate(weights)], torch)


def step(mover: Any, weights: list[torch.nn.Parameter], number: int) -> None:
    draw = torch.Generator().manual_seed(number)
    for weight in weights:
        weight.grad = torch.randn(weight.shape, generator=draw, dtype=weight.dtype)
    set_count(mover, number)
    set_learning_rate(mover, 0.01 * (1 + number % 3))
    mover.step()


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_an_optimizer_goes_on_from_its_slots_bit_for_bit(optimizer: Optimizer) -> None:
    weights = parameters()
    mover = opened(optimizer, weights)
    for number in range(7):
        step(mover, weights, number)
    slots, copies = read_slots(mover, weights), copy.deepcopy(weights)
    assert set(slots) <= set(optimizer.slots)
    assert {len(slot) for slot in slots.values()} <= {sum(w.numel() for w in weights)}
    again = opened(optimizer, copies)
    write_slots(again, copies, slots)
    for ours, theirs in zip(copies, weights, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    for number in range(7, 13):
        step(mover, weights, number)
        step(again, copies, number)
    for ours, theirs in zip(copies, weights, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def test_slots_are_flat_in_the_order_of_the_weights() -> None:
    weights = parameters()
    mover = torch.optim.SGD(weights, 0.1, momentum=0.9)
    assert read_slots(mover, weights) == {}
    for place, weight in enumerate(weights):
        weight.grad = torch.full_like(weight, place)
    mover.step()
    sizes = [weight.numel() for weight in weights]
    wanted = np.repeat([0.0, 1.0, 2.0], sizes)
    np.testing.assert_array_equal(read_slots(mover, weights)["velocity"], wanted)
