from dataclasses import dataclass

import numpy as np
import pytest

from tests.optional import torch
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.optim import (
    SGD,
    Adam,
    Clipped,
    Optimizer,
    Share,
    elementwise,
    move,
    set_learning_rate,
    torch_optimizer,
    update,
)
from thumblab.optim.optimizer import CHUNK


@dataclass(frozen=True)
class Ruleless(Optimizer):
    learning_rate: float = 0.1


@dataclass(frozen=True)
class Rateless(Optimizer):
    momentum: float = 0.1


def test_a_missing_rule_says_how_to_write_one() -> None:
    with pytest.raises(MissingRuleError, match=r"Ruleless has no NumPy rule; .* @update\.register"):
        update(Ruleless(), np.zeros(1), np.zeros(1), {}, 0.1, 1)
    with pytest.raises(MissingRuleError, match=r"no PyTorch rule; .* @torch_optimizer\.register"):
        torch_optimizer(Ruleless(), [], torch)


def test_a_rate_is_a_field_and_a_number_that_is_not_negative() -> None:
    with pytest.raises(
        UsageError, match="Rateless has no learning_rate; declare it as its first field"
    ):
        Rateless()
    for learning_rate in (-0.1, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="the learning rate must be at least 0 and finite"):
            SGD(learning_rate)


def test_every_number_is_finite() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(UsageError, match="decay must be finite"):
            SGD(weight_decay=value)
        with pytest.raises(UsageError, match="eps must be finite"):
            Adam(eps=value)


def test_weights_longer_than_a_cache_move_like_short_ones() -> None:
    size = 2 * CHUNK + 5
    weight, grad, velocity = (np.linspace(i, i + 1, size) for i in range(3))
    expected, slots = weight.copy(), {"velocity": velocity.copy()}
    update(SGD(), expected, grad, slots, 0.1, 1)
    shape = (1, size)
    share = Share(
        {"a": weight.reshape(shape)}, {"a": grad}, {"velocity": {"a": velocity}}, {"a": 0.1}, 1
    )
    move(SGD(), share)
    np.testing.assert_array_equal(weight, expected)
    np.testing.assert_array_equal(velocity, slots["velocity"])
    assert share.all_reduce(np.float32(2)) == 2


def test_an_optimizer_with_a_move_of_its_own_is_not_elementwise() -> None:
    assert elementwise(SGD())
    assert not elementwise(Clipped(SGD()))


def test_a_group_of_the_twin_keeps_its_factor() -> None:
    twin = torch.optim.SGD([{"params": [torch.zeros(1)], "factor": 3.0}], 0.1)
    twin.add_param_group({"params": [torch.ones(1)]})
    set_learning_rate(twin, 0.5)
    assert [group["lr"] for group in twin.param_groups] == [1.5, 0.5]
