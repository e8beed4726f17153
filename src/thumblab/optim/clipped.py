"""Gradient clipping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import CHUNK, Array, Share, move, torch_optimizer
from thumblab.optim.twin import around, with_gradients
from thumblab.optim.wrapper import Wrapper


@dataclass(frozen=True)
class Clipped(Wrapper):
    """``g *= min(1, norm / (|g| + 1e-6))``, with ``|g|`` over all weights; then the other's move.

    Attributes:
        optimizer: What moves the weights.
        norm: The longest gradient let through, in the Euclidean norm.

    Source: Pascanu et al. 2012, arXiv:1211.5063; as ``torch.nn.utils.clip_grad_norm_``.
    """

    norm: float = 1.0

    def __post_init__(self) -> None:
        Wrapper.__post_init__(self)
        if not 0 < self.norm < np.inf:
            raise UsageError(f"{self}: the norm must be above 0 and finite")


@move.register
def clipped(optimizer: Clipped, share: Share) -> None:
    own = sum(sum_of_squares(grad) for grad in share.grads.values())
    length = float(share.all_reduce(np.array(own))) ** 0.5
    factor = optimizer.norm / (length + 1e-6)
    if not factor >= 1:  # a length that is not a number goes through, to be noticed
        for grad in share.grads.values():
            grad *= factor
    move(optimizer.optimizer, share)


def sum_of_squares(array: Array) -> float:
    """In float64, so that no float32 overflows."""
    flat = array.reshape(-1)
    pieces = (flat[i : i + CHUNK].astype(np.float64) for i in range(0, flat.size, CHUNK))
    return float(sum(np.dot(piece, piece) for piece in pieces))


@torch_optimizer.register
def clipped_twin(optimizer: Clipped, parameters: Iterable[Any], torch: ModuleType) -> Any:
    twin = torch_optimizer(optimizer.optimizer, parameters, torch)
    clip = torch.nn.utils.clip_grad_norm_
    around(twin, before=lambda: clip(with_gradients(twin), optimizer.norm))
    return twin
