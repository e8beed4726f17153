from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from thumblab.core.rules import torch_twin
from thumblab.engines.torch.dropout import share_dropouts
from thumblab.engines.torch.ranks import Ranks
from thumblab.layers import StochasticDepth


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize(
    "twin", [nn.Dropout(0.4), torch_twin(StochasticDepth(0.4), (3, 2, 2), torch)], ids=type
)
def test_each_sample_is_treated_alike_whichever_rank_has_it(twin: nn.Module, size: int) -> None:
    x = torch.rand(11, 3, 2, 2) + 1

    def dropped(rank: int, size: int) -> torch.Tensor:
        ranks = Ranks(rank, size, samples=len(x))
        torch.manual_seed(0)
        found: torch.Tensor = share_dropouts(copy.deepcopy(twin), ranks)(x[ranks.partition(len(x))])
        return found

    whole = dropped(0, 1)
    assert torch.equal(torch.cat([dropped(rank, size) for rank in range(size)]), whole)
    kept = whole != 0
    assert 0 < kept.sum() < kept.numel()
    torch.testing.assert_close(whole[kept], x[kept] / 0.6)


def test_nothing_is_dropped_outside_training() -> None:
    x = torch.rand(4, 3)
    shared = share_dropouts(nn.Dropout(0.4), Ranks())
    assert torch.equal(shared.eval()(x), x)
    assert torch.equal(share_dropouts(nn.Dropout(0.0), Ranks()).train()(x), x)
