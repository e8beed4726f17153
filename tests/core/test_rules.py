from dataclasses import dataclass

import numpy as np
import pytest

from thumblab.core.errors import MissingRuleError
from thumblab.core.layer import Layer
from thumblab.core.rules import fast_forward, forward, has_rule, shared_buffers, torch_twin
from thumblab.engines.numpy import Network
from thumblab.layers import Conv, Dense, MaxPool, ReLU, Sequential


@dataclass(frozen=True)
class Ruleless(Layer):
    pass


def test_a_missing_rule_says_how_to_write_one() -> None:
    with pytest.raises(MissingRuleError, match=r"Ruleless has no NumPy rule; .* @forward\.regis"):
        forward(Ruleless(), np.zeros(1), None)
    with pytest.raises(MissingRuleError, match=r"Ruleless has no rule for the blocked layout"):
        fast_forward(Ruleless(), np.zeros(1), None)
    with pytest.raises(MissingRuleError, match=r"no PyTorch rule; .* @torch_twin\.register"):
        torch_twin(Ruleless(), (1,), None)


def test_rules_are_known_by_type() -> None:
    assert has_rule(forward, Dense(1))
    assert not has_rule(fast_forward, Dense(1))
    assert has_rule(fast_forward, ReLU())
    assert not has_rule(forward, Ruleless())


def test_a_plain_rule_of_ones_own_is_not_passed_over_for_an_inherited_fast_one() -> None:
    @dataclass(frozen=True)
    class Capped(ReLU):
        pass

    @dataclass(frozen=True)
    class Plain(ReLU):
        pass

    @forward.register
    def capped(layer: Capped, x, ctx):
        return np.clip(x, 0, 6), lambda dy: dy * ((x > 0) & (x < 6))

    assert has_rule(fast_forward, Plain())
    assert not has_rule(fast_forward, Capped())
    images = np.full((3, 8, 8, 2), 100.0)
    for model in (Sequential(Conv(4), Capped(), MaxPool(2)), Sequential(Conv(4), Capped())):
        found = [
            Network(model, (2, 8, 8), dtype="f8", rules=rules) for rules in ("fast", "reference")
        ]
        np.testing.assert_allclose(*(net.predict(images) for net in found), atol=1e-9)


def test_a_dense_layer_of_another_kind_keeps_to_its_own_samples() -> None:
    @dataclass(frozen=True)
    class Doubled(Dense):
        pass

    @forward.register
    def doubled(layer: Doubled, x, ctx):
        return 2 * x @ ctx.params["weight"].T, lambda dy: dy

    assert shared_buffers(Dense(1000), (1000,))
    assert not shared_buffers(Doubled(1000), (1000,))
