import numpy as np
import pytest

from tests.optim.moved import Moved, Twin, gradients
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.optim import EMA, SGD, Adam

EXAMPLES = [EMA(), EMA(Adam(), 0.5), EMA(SGD(), 0.0)]


def test_the_average_is_that_of_torch() -> None:
    twin = Twin(SGD())
    model = torch.nn.ParameterList(twin.parameters.values())
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
    )
    for step, grad in enumerate(gradients(10)):
        twin.run(grad[None], step)
        averaged.update_parameters(model)
    theirs = torch.cat([p.detach().reshape(-1) for p in averaged.module.parameters()]).numpy()
    ours = Moved(EMA(SGD(), 0.9)).run(gradients(10))
    np.testing.assert_allclose(ours.slots["average"], theirs, rtol=1e-12)


def test_the_weights_that_train_are_not_touched() -> None:
    np.testing.assert_array_equal(
        Moved(EMA(Adam())).run(gradients(5)).flat, Moved(Adam()).run(gradients(5)).flat
    )


@pytest.mark.parametrize("decay", [1.0, -0.1])
def test_wrong_decays_are_refused(decay: float) -> None:
    with pytest.raises(UsageError, match=r"the decay must be in \[0, 1\)"):
        EMA(SGD(), decay)
