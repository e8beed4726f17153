"""NumPy's arrays as tensors, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[Any]


def copy(array: Array, target: torch.Tensor) -> None:
    """Writes ``array`` to a tensor of any device, type and strides."""
    with torch.no_grad():
        target.copy_(torch.from_numpy(np.require(array, requirements=["C", "W"])))


def channels_first(x: torch.Tensor) -> torch.Tensor:
    """Images ``(n, h, w, c)`` as ``(n, c, h, w)``; a view.

    One channel is inserted and not moved: moved, its strides would tell PyTorch that channels are innermost,
    and the whole network would be computed so.
    """
    return x[..., 0].unsqueeze(1) if x.shape[3] == 1 else x.permute(0, 3, 1, 2)


def as_array(value: torch.Tensor) -> Array:
    """A copy of ``value``."""
    found: Array = value.detach().cpu().contiguous().numpy().copy()
    return found
