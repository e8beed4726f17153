from dataclasses import dataclass

import numpy as np
import pytest
import torch

from thumblab.core.errors import MissingRuleError
from thumblab.optim import SGD, OneCycle, Optimizer, torch_optimizer, update


@dataclass(frozen=True)
class Ruleless(Optimizer):
    rate: float = 0.1


def test_a_missing_rule_says_how_to_write_one() -> None:
    with pytest.raises(MissingRuleError, match=r"Ruleless has no NumPy rule; .* @update\.register"):
        update(Ruleless(), np.zeros(1), np.zeros(1), {}, 0.1, 1)
    with pytest.raises(MissingRuleError, match=r"no PyTorch rule; .* @torch_optimizer\.register"):
        torch_optimizer(Ruleless(), [], torch)


def test_the_rate_is_a_number_or_a_schedule() -> None:
    assert SGD(rate=0.3).learning_rate == 0.3
    assert SGD(rate=OneCycle(0.3)).learning_rate == OneCycle(0.3)
