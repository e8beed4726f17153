"""A user's layer knows plain images only; the engine lays out what it makes of them, and of features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import forward
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, ReLU, Sequential, residual
from thumblab.losses import CrossEntropy


@dataclass(frozen=True)
class Picture(Layer):
    """Makes an image of features."""

    def out_shape(self, x: Shape) -> Shape:
        return 3, 4, x[0] // 12


@forward.register
def picture(layer: Picture, x: Any, ctx: Any) -> Any:
    return x.reshape(len(x), 3, 4, -1), lambda dy: dy.reshape(x.shape)


@dataclass(frozen=True)
class Twice(Layer):
    """A container with a plain rule."""

    inner: Layer

    def inside(self, x: Shape) -> Iterator[tuple[str, Layer, Shape]]:
        yield "inner", self.inner, x

    def out_shape(self, x: Shape) -> Shape:
        return self.inner.out_shape(x)


@forward.register
def twice(layer: Twice, x: Any, ctx: Any) -> Any:
    y, backward = ctx.run("inner", layer.inner, x)
    assert x.ndim in (2, 4)
    assert y.ndim == 4
    return 2 * y, lambda dy: backward(2 * dy)


CONVS = Sequential(Conv(4), BatchNorm(), ReLU(), Conv(5), ReLU(), MaxPool(2))
HEAD = (Flatten(), Dense(5))
MODELS = {
    "features first": (Sequential(Dense(48), Picture(), CONVS, *HEAD), (10,)),
    "features between": (
        Sequential(Conv(4), Flatten(), Picture(), residual(Sequential(Conv(3), ReLU())), *HEAD),
        (3, 6, 8),
    ),
    "image in a container": (Sequential(Twice(CONVS), Conv(4), *HEAD), (3, 6, 8)),
    "features in a container": (
        Sequential(Dense(48), Twice(Sequential(Picture(), CONVS)), Conv(4), *HEAD),
        (10,),
    ),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", MODELS)
def test_the_engine_trains_and_predicts_as_the_plain_rules(name: str, workers: int) -> None:
    model, shape = MODELS[name]
    rng = np.random.default_rng(0)
    images = rng.standard_normal((37, *shape[1:], shape[0])) if len(shape) == 3 else None
    x = rng.standard_normal((37, *shape)) if images is None else images
    found: list[dict[str, Any]] = []
    for options in ({}, {"fused": False}, {"rules": "reference"}):
        net = Network(model, shape, dtype="f8", workers=workers, kind="threads", **options)  # type: ignore[arg-type]
        loss, _ = net.gradients(x, np.arange(37) % 5, CrossEntropy())
        grads = {name: array.copy() for name, array in net.grads.items()}
        found.append({"loss": loss, "logits": net.predict(x), **grads})
    for name, wanted in found[2].items():
        for other in found[:2]:
            np.testing.assert_allclose(other[name], wanted, rtol=1e-9, atol=1e-12, err_msg=name)
