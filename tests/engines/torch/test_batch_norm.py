from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from tests.rounding import assert_rounding
from thumblab.engines.torch import Network
from thumblab.engines.torch.batch_norm import SharedBatchNorm, share_batch_norms
from thumblab.engines.torch.ranks import ALONE, Ranks
from thumblab.layers import BatchNorm, Conv, Frozen, Sequential


class Twins(Ranks):
    """Two ranks that have the same images: every sum is twice this one's."""

    def all_reduce(self, value: torch.Tensor) -> torch.Tensor:
        return value.mul_(self.size)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize(
    ("twin", "shape"), [(nn.BatchNorm1d(3), (6, 3)), (nn.BatchNorm2d(3), (4, 3, 5, 2))], ids=repr
)
def test_the_batch_of_two_ranks_gives_moments_and_gradients_of_the_whole(
    twin: nn.Module, shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    torch.manual_seed(0)
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    near = {torch.float64: 1e-12, torch.float32: 1e-4, torch.bfloat16: 3e-2}[dtype]
    plain = copy.deepcopy(twin).to(wide)
    nn.init.normal_(plain.weight)
    shared = share_batch_norms(copy.deepcopy(plain), Twins(0, 2))
    half = (3 + 2 * torch.randn(shape, dtype=wide)).to(dtype)
    dy = torch.randn(shape, dtype=wide).to(dtype)
    for _ in range(2):
        x = half.to(wide).repeat(2, *(1,) * (len(shape) - 1)).requires_grad_()
        own = half.clone().requires_grad_()
        wanted, found = plain(x), shared(own)
        assert found.dtype == dtype
        torch.testing.assert_close(found.to(wide), wanted[: len(own)], rtol=near, atol=near)
        wanted.backward(dy.to(wide).repeat(2, *(1,) * (len(shape) - 1)))
        found.backward(dy)
        gradient = x.grad[: len(own)]
        torch.testing.assert_close(own.grad.to(wide), gradient, rtol=near, atol=near)
    for name, value in plain.state_dict().items():
        if "num" not in name:
            torch.testing.assert_close(shared.state_dict()[name], value, rtol=near, atol=near)
    assert list(shared.state_dict()) == list(plain.state_dict())
    plain.eval()
    shared.eval()
    torch.testing.assert_close(shared(half.to(wide)), plain(half.to(wide)))


@pytest.mark.parametrize(("mean", "deviation"), [(200.0, 0.1), (1e4, 1.0)])
def test_two_ranks_keep_their_digits_far_from_zero(mean: float, deviation: float) -> None:
    torch.manual_seed(0)
    half = (mean + deviation * torch.randn(8, 3, 5, 5, dtype=torch.float64)).float()
    shared = share_batch_norms(nn.BatchNorm2d(3), Twins(0, 2))
    exact, single = (
        nn.BatchNorm2d(3).to(dtype)(half.to(dtype)) for dtype in (torch.float64, half.dtype)
    )
    assert_rounding(*(y.detach().numpy() for y in (shared(half), exact, single)))


def test_one_rank_takes_pytorchs_own_kernels() -> None:
    plain = nn.BatchNorm2d(3)
    shared = share_batch_norms(copy.deepcopy(plain), ALONE)
    x = torch.randn(4, 3, 5, 5)
    torch.testing.assert_close(shared(x), plain(x), rtol=0, atol=0)
    assert isinstance(shared, SharedBatchNorm)


def test_a_single_value_a_channel_is_normalized_to_the_bias() -> None:
    """Where PyTorch refuses the last, short batch of an epoch."""
    shared = share_batch_norms(nn.BatchNorm1d(3), ALONE)
    nn.init.constant_(shared.bias, 2.0)
    torch.testing.assert_close(shared(torch.randn(1, 3)), torch.full((1, 3), 2.0))
    assert torch.isfinite(shared.running_var).all()


def test_every_batch_norm_is_shared_but_a_frozen_one_stays_still() -> None:
    model = Sequential(Conv(4), BatchNorm(), Frozen(BatchNorm()))
    module = Network(model, (3, 6, 6)).worker.module
    assert sum(isinstance(each, SharedBatchNorm) for each in module.modules()) == 2
    before = module[2].layer.running_mean.clone()
    module.train()(torch.randn(2, 3, 6, 6))
    np.testing.assert_array_equal(module[2].layer.running_mean, before)
    assert (module[1].running_mean != 0).any()
