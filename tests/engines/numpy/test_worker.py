from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from thumblab import zoo
from thumblab.core.layer import Layer, Shape
from thumblab.engines.numpy.worker import reads_nchw, without_input_grad
from thumblab.layers import Conv, Dense, Flatten, Frozen, GlobalAvgPool, Parallel, ReLU, Sequential

SHAPE = (3, 8, 8)


@pytest.mark.parametrize(
    ("model", "plain"),
    [
        (zoo.mlp(10), True),
        (Sequential(Sequential(Flatten()), Dense(2)), True),
        (zoo.lenet5(10), False),
        (zoo.vit(10), False),
        (Sequential(Parallel(Flatten(), Sequential(Conv(2), Flatten()), merge="concat")), False),
        (Sequential(), False),
    ],
    ids=["mlp", "nested", "lenet5", "vit", "branches", "empty"],
)
def test_only_what_begins_with_vectors_reads_plain(model: Layer, plain: bool) -> None:
    shape = (3, 32, 32) if model == zoo.vit(10) else (1, 28, 28)
    assert reads_nchw(model, shape) is plain


def test_nobody_reads_a_gradient_before_the_first_trained_weight() -> None:
    model = Sequential(Frozen(Conv(2)), ReLU(), Conv(4), ReLU(), GlobalAvgPool(), Dense(2))
    told = without_input_grad(model, SHAPE)
    assert {"0.", "1.", "2."} <= set(told)
    assert not {"3.", "4.", "5."} & set(told)
    assert told["2."]
    assert not told["1."]
    assert not told["0."]


@dataclass(frozen=True)
class Pair(Layer):
    """A container of the user's; it does not say which of its layers runs first."""

    first: Layer
    second: Layer

    def inside(self, x: Shape) -> Iterator[tuple[str, Layer, Shape]]:
        yield "first", self.first, x
        yield "second", self.second, self.first.out_shape(x)

    def out_shape(self, x: Shape) -> Shape:
        return self.second.out_shape(self.first.out_shape(x))


def test_inside_a_container_of_ones_own_every_gradient_may_be_read() -> None:
    told = without_input_grad(Sequential(Flatten(), Pair(Dense(8), Dense(8)), Dense(5)), SHAPE)
    assert set(told) == {"", "0.", "1."}
    told = without_input_grad(Sequential(Pair(Flatten(), ReLU()), Dense(5)), SHAPE)
    assert set(told) == {"", "0.", "0.first.", "0.second.", "1."}
