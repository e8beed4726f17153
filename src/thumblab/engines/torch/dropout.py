"""Dropout over the batch of all ranks: every image is treated alike, whichever of them has it."""

from __future__ import annotations

from torch import Tensor, nn

from thumblab.engines.torch.ranks import Ranks


class SharedDropout(nn.Dropout):
    """A dropout whose ranks all draw the whole batch's mask, and each uses its share.

    PyTorch's generator has to be in the same state on all of them.

    Attributes:
        ranks: Those that share a batch.
    """

    ranks: Ranks

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return input
        samples = self.ranks.samples if self.ranks.size > 1 else len(input)
        whole = input.new_empty(samples, *input.shape[1:])
        kept = whole.bernoulli_(1 - self.p)[self.ranks.partition(samples)]
        return input * kept / (1 - self.p)


def share_dropouts(module: nn.Module, ranks: Ranks) -> nn.Module:
    """Has every dropout of PyTorch's own inside ``module`` draw for all ``ranks``."""
    for each in module.modules():
        if type(each) is nn.Dropout:
            each.__class__ = SharedDropout
            each.ranks = ranks  # type: ignore[assignment]
    return module
