"""Batch normalization over the batch of all ranks, on any device.

PyTorch's SyncBatchNorm does the same on GPUs alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from thumblab.engines.torch.ranks import Ranks


class _Total(torch.autograd.Function):
    """Sum over the ranks. Each rank's loss depends on it, so its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, ranks: Ranks) -> Tensor:
        ctx.ranks = ranks
        return ranks.all_reduce(value.clone())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return ctx.ranks.all_reduce(grads[0].clone()), None


class SharedBatchNorm(_BatchNorm):
    """A BatchNorm whose moments in training are those of all ranks.

    As in the NumPy engine, and unlike PyTorch's, it takes a batch of one sample, even of one value a
    channel, and leaves the running averages alone then.

    Attributes:
        ranks: Those that share a batch.
    """

    ranks: Ranks

    def _check_input_dim(self, input: Tensor) -> None:
        pass

    def forward(self, input: Tensor) -> Tensor:
        alone = self.ranks.size == 1 and len(input) > 1
        if alone or not self.training:
            return super().forward(input)
        axes = [0, *range(2, input.ndim)]
        column = (1, -1) + (1,) * (input.ndim - 2)
        x = input.to(torch.promote_types(input.dtype, torch.float32))
        wide = torch.float32 if x.device.type == "mps" else torch.float64  # which MPS has not
        sums = x.sum(axes, dtype=wide)
        own = sums.new_tensor([x.numel() // x.shape[1]])
        total = _total(torch.cat([sums, own]), self.ranks)
        mean, count = total[:-1] / total[-1], total[-1].detach()
        centered = x - mean.to(x.dtype).view(column)
        variance = _total((centered**2).sum(axes, dtype=wide), self.ranks) / count
        if count > x[:1].numel() // x.shape[1]:  # one sample says nothing of how samples vary
            with torch.no_grad():
                self._keep(mean, variance * (count / (count - 1)))
        y: Tensor = centered * (variance + self.eps).rsqrt().to(x.dtype).view(column)
        if self.affine:
            y = y * self.weight.view(column) + self.bias.view(column)
        return y.to(input.dtype)

    def _keep(self, mean: Tensor, variance: Tensor) -> None:
        """Moves the running averages."""
        for average, newest in ((self.running_mean, mean), (self.running_var, variance)):
            if average is not None:
                average.lerp_(newest.to(average.dtype), float(self.momentum or 0.0))


_total: Any = _Total.apply


def share_batch_norms(module: nn.Module, ranks: Ranks) -> nn.Module:
    """Has every BatchNorm of PyTorch's own inside ``module`` share its moments; names stay."""
    for each in module.modules():
        if type(each) in (nn.BatchNorm1d, nn.BatchNorm2d):
            each.__class__ = SharedBatchNorm  # keeps weights, statistics and what holds them
            each.ranks = ranks  # type: ignore[assignment]
    return module
