from dataclasses import dataclass

import numpy as np
import pytest

from thumblab.core.errors import MissingRuleError
from thumblab.core.layer import Layer
from thumblab.core.rules import fast_forward, forward, has_rule, torch_twin
from thumblab.layers import Dense, ReLU


@dataclass(frozen=True)
class Ruleless(Layer):
    pass


def test_a_missing_rule_says_how_to_write_one() -> None:
    with pytest.raises(MissingRuleError, match=r"Ruleless has no NumPy rule; .* @forward\.regis"):
        forward(Ruleless(), np.zeros(1), None)
    with pytest.raises(MissingRuleError, match=r"Ruleless has no rule for the grouped layout"):
        fast_forward(Ruleless(), np.zeros(1), None)
    with pytest.raises(MissingRuleError, match=r"no PyTorch rule; .* @torch_twin\.register"):
        torch_twin(Ruleless(), (1,), None)


def test_rules_are_known_by_type() -> None:
    assert has_rule(forward, Dense(1))
    assert not has_rule(fast_forward, Dense(1))
    assert has_rule(fast_forward, ReLU())
    assert not has_rule(forward, Ruleless())
