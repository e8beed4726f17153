import numpy as np
import pytest

from tests.optim.moved import doubles
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.optim import Nadam, set_learning_rate, torch_optimizer, update
from thumblab.optim.nadam import momenta

EXAMPLES = [
    Nadam(),
    Nadam(beta1=0.8, momentum_decay=0.1, weight_decay=0.1),
    Nadam(weight_decay=0.1, decoupled=True),
    Nadam(beta1=0.0),
]


@pytest.mark.parametrize("beta1", [0.0, 0.5, 0.9, 0.99])
def test_the_product_of_the_momenta_is_that_of_a_loop(beta1: float) -> None:
    product = 1.0
    for step in range(1, 2000):
        product *= beta1 * (1 - 0.5 * 0.96 ** (step * 4e-3))
        now, then, found = momenta(beta1, 4e-3, step)
        assert 1 - found == pytest.approx(1 - product, rel=1e-12)
        assert now <= then < beta1 or beta1 == 0


def test_a_thousand_steps_agree_with_torch() -> None:
    weight, slots = np.ones(1), {"mean": np.zeros(1), "square": np.zeros(1)}
    parameter = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
    twin = torch_optimizer(Nadam(), [parameter], torch)
    for step, grad in enumerate(np.random.default_rng(0).standard_normal((1000, 1))):
        update(Nadam(), weight, grad, slots, 0.01, step + 1)
        parameter.grad = torch.from_numpy(grad)
        set_learning_rate(twin, 0.01)
        with doubles():
            twin.step()
    assert weight[0] == pytest.approx(parameter.item(), rel=1e-10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"beta1": 1.0},
        {"beta2": -0.1},
        {"eps": -1.0},
        {"weight_decay": -0.1},
        {"momentum_decay": -1.0},
    ],
)
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"in \[0, 1\)|decay must be at least 0"):
        Nadam(**wrong)  # type: ignore[arg-type]
