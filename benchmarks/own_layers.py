"""Layers as users write them, each with a fault that only prediction shows."""

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


@dataclass(frozen=True)
class NoisyAlways(Layer):
    """Half of the values set to 0, whether it trains or not, and others each time."""


@forward.register
def noisy_always(layer: NoisyAlways, x: Array, ctx: Context) -> tuple[Array, Backward]:
    kept = (np.random.default_rng().random(x.shape) < 0.5) * x.dtype.type(2)
    return x * kept, lambda dy: dy * kept
