"""Every architecture of the zoo is trained for fifty steps on both engines, as small as it can be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.optional import torch
from tests.rounding import assert_rounding
from tests.zoo.small import DISTINCT, small
from thumblab.core.layer import Layer, Shape, walk
from thumblab.engines.numpy import Network
from thumblab.engines.torch import Network as TorchNetwork
from thumblab.engines.torch import Options
from thumblab.layers import Dropout
from thumblab.losses import CrossEntropy
from thumblab.optim import Adam

STEPS, SAMPLES, CLASSES = 50, 8, 3
LABELS = np.arange(SAMPLES) % CLASSES


def images(shape: Shape) -> np.ndarray:
    """A pattern and a color for each class, and noise."""
    c, h, w = shape
    rng = np.random.default_rng(0)
    patterns = (
        rng.standard_normal((CLASSES, h, w, c)) + np.linspace(-1, 1, CLASSES)[:, None, None, None]
    )
    return (patterns[LABELS] + 0.2 * rng.standard_normal((SAMPLES, h, w, c))).astype(np.float32)


def losses(net: Network | TorchNetwork, shape: Shape, steps: int = STEPS) -> list[float]:
    """The mean loss before each step on the same few images."""
    batch = images(shape)
    told = {"loss": CrossEntropy(), "optimizer": Adam(), "learning_rate": 3e-3}
    return [net.train_step(batch, LABELS, step=step, **told)[0] for step in range(steps)]


def drops(model: Layer, shape: Shape) -> bool:
    return any(isinstance(layer, Dropout) for _, layer, _ in walk(model, shape))


@pytest.mark.parametrize("name", DISTINCT)
def test_fifty_steps_lower_the_loss_on_both_engines(name: str) -> None:
    torch.set_num_threads(1)
    model, shape = small(name, CLASSES)
    curves = [
        losses(Network(model, shape, workers=1), shape),
        losses(TorchNetwork(model, shape), shape),
    ]
    exact = TorchNetwork(model, shape, options=Options(precision="float64"))
    for curve in curves:
        assert np.isfinite(curve).all()
        assert min(curve[-5:]) < 0.9 * curve[0]
    if not drops(model, shape):
        first = losses(exact, shape, steps=1)[0]
        assert_rounding(curves[0][0], first, curves[1][0], floor=1e-4, what=name)
