"""A layer as a user may write it, with a fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward, Context, forward


@dataclass(frozen=True)
class BatchCentered(Layer):
    """Values less their mean over the batch, in prediction too."""


@forward.register
def batch_centered(layer: BatchCentered, x: Array, ctx: Context) -> tuple[Array, Backward]:
    def backward(dy: Array) -> Array:
        found: Array = dy - dy.mean(0, keepdims=True, dtype=np.float32)
        return found

    return x - x.mean(0, keepdims=True), backward
