from typing import Any

import numpy as np
import pytest

from tests.optim.moved import Moved, Twin, gradients
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.optim import EMA, SGD, Adam

EXAMPLES = [EMA(), EMA(Adam(), 0.5), EMA(SGD(), 0.0)]


@pytest.mark.parametrize("decay", [0.5, 0.999])
def test_the_average_is_that_of_torch_with_tensorflows_warm_up(decay: float) -> None:
    """TensorFlow keeps ``min(decay, (1 + n) / (10 + n))`` at the n-th update after the first value."""
    twin = Twin(SGD())
    model = torch.nn.ParameterList(twin.parameters.values())

    def blend(old: Any, new: Any, number: Any) -> Any:
        n = int(number)
        return old + (1 - min(decay, (1 + n) / (10 + n))) * (new - old)

    averaged = torch.optim.swa_utils.AveragedModel(model, avg_fn=blend)
    for step, grad in enumerate(gradients(30)):
        twin.run(grad[None], step)
        averaged.update_parameters(model)
    theirs = torch.cat([p.detach().reshape(-1) for p in averaged.module.parameters()]).numpy()
    ours = Moved(EMA(SGD(), decay)).run(gradients(30))
    np.testing.assert_allclose(ours.slots["average"], theirs, rtol=1e-10)


def test_a_short_run_forgets_its_first_weights() -> None:
    """After 64 steps a decay of 0.999 had kept 94 % of them."""
    optimizer, kept = EMA(), 1.0
    for count in range(2, 65):
        kept *= 1 - optimizer.share(count)
    assert kept < 1e-6
    assert optimizer.share(100_000) == pytest.approx(0.001)


def test_the_weights_that_train_are_not_touched() -> None:
    np.testing.assert_array_equal(
        Moved(EMA(Adam())).run(gradients(5)).flat, Moved(Adam()).run(gradients(5)).flat
    )


@pytest.mark.parametrize("decay", [1.0, -0.1])
def test_wrong_decays_are_refused(decay: float) -> None:
    with pytest.raises(UsageError, match=r"the decay must be in \[0, 1\)"):
        EMA(SGD(), decay)
