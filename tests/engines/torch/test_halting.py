from __future__ import annotations

import numpy as np
import pytest
import torch

from thumblab.core.errors import StepAbandonedError
from thumblab.engines.torch import Network, Options
from thumblab.engines.torch.halting import Halt
from thumblab.layers import Dense, Sequential


def test_modules_have_no_hooks_until_somebody_might_stop_them() -> None:
    halt, module = Halt(), torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    halt.watch(module)
    assert not any(leaf._forward_hooks for leaf in module)
    asked = list[bool]()

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    halt.heed(stop)
    later = torch.nn.Linear(2, 2)
    halt.watch(later)
    y = later(module(torch.ones(1, 2)))
    assert len(asked) == 3
    with pytest.raises(StepAbandonedError):
        y.sum().backward()
    assert later.weight.grad is None or len(asked) == 4


def test_where_others_wait_or_kernels_are_compiled_a_pass_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "compile", lambda module: module)
    network = Network(Sequential(Dense(2)), (2,), options=Options(compile=True))
    network.should_stop = lambda: True
    assert network.should_stop()
    assert not any(module._forward_hooks for module in network.worker.module.modules())
    network = Network(Sequential(Dense(2)), (2,))
    network.ranks.size, before = 2, network.ranks.size
    try:
        network.should_stop = lambda: True
    finally:
        network.ranks.size = before
    assert network.predict(np.zeros((3, 2), np.float32)).shape == (3, 2)
