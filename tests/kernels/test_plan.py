from typing import Any

import numpy as np
import pytest

from tests.kernels.blocks import blocked, fresh
from tests.kernels.convolved import check
from thumblab.core.errors import ShapeError
from thumblab.core.layer import Shape
from thumblab.engines.numpy import Network
from thumblab.kernels import lowering, plan, pointwise, winograd
from thumblab.kernels.conv_shape import ConvShape
from thumblab.kernels.plan import (
    KERNELS,
    STANDARD,
    Choice,
    Kernel,
    Kernels,
    Plan,
    standard,
    supported,
)
from thumblab.kernels.windows import window_shape
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, ReLU, Sequential, residual

CASES = [
    (Conv(5), (7, 6, 5)),
    (Conv(5), (2, 1, 4)),
    (Conv(4, kernel=1), (6, 5, 4)),
    (Conv(4, kernel=1, stride=2, padding=0), (6, 5, 4)),
    (Conv(4, kernel=1, padding=1), (6, 5, 4)),
    (Conv(4, stride=2), (3, 6, 5)),
    (Conv(4, stride=3, padding=2), (3, 7, 5)),
    (Conv(4, padding="valid"), (3, 6, 5)),
    (Conv(2, kernel=5), (4, 6, 5)),
]


def conv_shape_of(layer: Conv, x: Shape) -> ConvShape:
    counts, pad = window_shape(layer, x, layer.kernel, layer.stride, layer.padding)
    return ConvShape(x[0], layer.channels, *counts, layer.kernel, layer.stride, pad)


def square(read: int, side: int) -> ConvShape:
    return conv_shape_of(Conv(8), (read, side, side))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the kernels that were called, which go on to work."""
    names: list[str] = []

    def listen(module: Any) -> None:
        does, name = module.convolve, module.__name__.rpartition(".")[2]

        def noted(x: Any, weight: Any, bias: Any, how: Any, *rest: Any) -> Any:
            names.append(f"{name}{how}" if module is winograd else name)
            return does(x, weight, bias, how, *rest)

        monkeypatch.setattr(module, "convolve", noted)

    for module in (lowering, pointwise, winograd):
        listen(module)
    return names


# ----- The table -----


@pytest.mark.parametrize(
    ("layer", "channels", "kernel"),
    [
        (Conv(8), 16, "winograd4"),
        (Conv(8), 3, "lowering"),
        (Conv(8, stride=2), 16, "lowering"),
        (Conv(8, kernel=5), 16, "lowering"),
        (Conv(8, padding="valid"), 16, "lowering"),
        (Conv(8, kernel=1), 16, "pointwise"),
        (Conv(8, kernel=1, padding=1), 16, "lowering"),
    ],
)
def test_the_kernel_is_a_function_of_the_shape(
    seen: list[str], layer: Conv, channels: int, kernel: str
) -> None:
    shape = conv_shape_of(layer, (channels, 8, 8))
    weight, x = np.zeros((8, channels, layer.kernel, layer.kernel)), np.zeros((1, channels, 8, 8))
    algorithm = Kernels().algorithm(shape)
    plan.convolve(blocked(x), weight, None, shape, algorithm, fresh())
    assert seen == [kernel]
    assert standard(shape, precise=False) == kernel


def test_small_maps_and_precise_networks_take_small_tiles() -> None:
    sides = (1, 2, 3, 4, 6, 15, 32)
    tiles = [standard(square(8, side), precise=False)[-1] for side in sides]
    assert tiles == ["2", "2", "3", "4", "3", "3", "4"]
    assert {standard(square(8, side), precise=True) for side in sides} == {"winograd2"}


@pytest.mark.parametrize(("layer", "x"), CASES)
@pytest.mark.parametrize("precise", [False, True])
def test_the_table_asks_for_nothing_impossible(layer: Conv, x: Shape, precise: bool) -> None:
    shape = conv_shape_of(layer, x)
    assert standard(shape, precise=precise) in supported(shape)
    assert "lowering" in supported(shape)


# ----- Choices -----


@pytest.mark.parametrize(
    ("layer", "x", "kernel"),
    [(layer, x, each) for layer, x in CASES for each in supported(conv_shape_of(layer, x))],
    ids=str,
)
def test_a_choice_is_obeyed_and_changes_no_result(
    seen: list[str], layer: Conv, x: Shape, kernel: Kernel
) -> None:
    shape, rng = conv_shape_of(layer, x), np.random.default_rng(0)
    weight = rng.standard_normal((layer.channels, x[0], layer.kernel, layer.kernel))
    bias = rng.standard_normal(layer.channels)

    def by_choice(x: Any, weight: Any, bias: Any, shape: ConvShape, memory: Any) -> Any:
        chosen = Kernels(Plan((Choice(shape, kernel),))).algorithm(shape)
        return plan.convolve(x, weight, bias, shape, chosen, memory)

    check(by_choice, rng.standard_normal((19, *x)), weight, bias, shape.stride, shape.pad)
    assert seen == [kernel]


@pytest.mark.parametrize(("layer", "x"), CASES)
def test_a_kernel_that_cannot_do_a_case_is_refused(layer: Conv, x: Shape) -> None:
    shape = conv_shape_of(layer, x)
    for kernel in set(KERNELS) - set(supported(shape)):
        with pytest.raises(ShapeError, match=f"^{kernel} cannot do .*; choose .*lowering"):
            Choice(shape, kernel)


def test_what_is_no_convolution_and_what_is_said_twice_is_refused() -> None:
    for wrong in (
        ConvShape(0, 1, 4, 4, 3, 1, ((1, 1), (1, 1))),
        ConvShape(1, 1, 4, 4, 3, 1, ((1, 1), (1, -1))),
    ):
        with pytest.raises(ShapeError, match="is no convolution; sizes are at least 1"):
            Choice(wrong, "lowering")
    with pytest.raises(ShapeError, match="8 -> 8 at 4x4 by 3x3: chosen more than once"):
        Plan(tuple(Choice(square(8, 4), kernel) for kernel in supported(square(8, 4))))


@pytest.mark.parametrize(
    ("read", "chosen", "fast", "precise"),
    [
        (8, "winograd3", "winograd3", "winograd2"),
        (8, "winograd4", "winograd4", "winograd2"),
        (8, "winograd2", "winograd2", "winograd2"),
        (8, "lowering", "lowering", "lowering"),
        (3, "winograd2", "winograd2", "lowering"),
    ],
)
def test_precise_wins_over_a_choice_that_rounds_worse(
    read: int, chosen: Kernel, fast: Kernel, precise: Kernel
) -> None:
    made = Plan((Choice(square(read, 15), chosen),))
    assert made.kernel(square(read, 15), precise=False) == fast
    assert made.kernel(square(read, 15), precise=True) == precise


def test_cases_without_a_choice_follow_the_table() -> None:
    made = Plan((Choice(square(8, 4), "winograd2"),))
    assert made.kernel(square(8, 32), precise=False) == "winograd4"
    assert STANDARD.kernel(square(8, 4), precise=False) == "winograd4"


def test_plans_are_values() -> None:
    assert Plan((Choice(square(8, 4), "winograd2"),)) == Plan((Choice(square(8, 4), "winograd2"),))
    assert len({STANDARD, Plan()}) == 1


# ----- A network with a plan -----

MODEL = Sequential(
    Conv(4),
    ReLU(),
    Conv(6, bias=False),
    BatchNorm(),
    ReLU(),
    MaxPool(2),
    residual(Sequential(Conv(6, groups=3), ReLU(), Conv(6, kernel=1))),
    Flatten(),
    Dense(3),
)
WISHES: tuple[tuple[ConvShape, Kernel], ...] = (
    (ConvShape(3, 4, 8, 8, 3, 1, ((1, 1), (1, 1))), "winograd3"),
    (ConvShape(4, 6, 8, 8, 3, 1, ((1, 1), (1, 1))), "lowering"),
    (ConvShape(6, 6, 4, 4, 3, 1, ((1, 1), (1, 1))), "winograd2"),
    (ConvShape(6, 6, 4, 4, 1, 1, ((0, 0), (0, 0))), "lowering"),
)


@pytest.mark.parametrize("fused", [True, False])
def test_a_network_follows_its_plan_and_computes_the_same(seen: list[str], fused: bool) -> None:
    x = np.random.default_rng(1).standard_normal((21, 3, 8, 8))
    found = []
    for made in (STANDARD, Plan(tuple(Choice(*wish) for wish in WISHES))):
        net = Network(MODEL, (3, 8, 8), dtype="f8", workers=1, plan=made, fused=fused)
        seen.clear()
        y, backward = net.run(x, training=True)
        found.append({"y": y, **{name: each.copy() for name, each in backward(np.cos(y)).items()}})
    assert seen == [kernel for _, kernel in WISHES]
    for name, expected in found[0].items():
        np.testing.assert_allclose(found[1][name], expected, rtol=1e-9, atol=1e-9, err_msg=name)
