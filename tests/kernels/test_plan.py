from typing import Any

import numpy as np
import pytest

from tests.kernels.lent import Lent, grouped
from thumblab.kernels import lowering, plan, pointwise, winograd
from thumblab.kernels.windows import window_shape
from thumblab.layers import Conv


def chosen(monkeypatch: pytest.MonkeyPatch, layer: Conv, channels: int) -> str:
    seen: list[str] = []
    output = np.zeros((1, 3, 3, 16, 1))
    for module in (lowering, pointwise, winograd):
        name = module.__name__.rpartition(".")[2]
        monkeypatch.setattr(
            module, "convolve", lambda *_, name=name, **__: (output, seen.append(name))
        )
    k = layer.kernel
    x = np.zeros((1, channels, 8, 8))
    counts, pad = window_shape(layer, x.shape[1:], k, layer.stride, layer.padding)
    ctx: Any = Lent(weight=np.zeros((layer.channels, channels, k, k)))
    plan.convolve(grouped(x), layer.stride, counts, pad, layer.bias, ctx)
    return seen[0]


@pytest.mark.parametrize(
    ("layer", "channels", "kernel"),
    [
        (Conv(8), 16, "winograd"),
        (Conv(8), 3, "lowering"),
        (Conv(8, stride=2), 16, "lowering"),
        (Conv(8, kernel=5), 16, "lowering"),
        (Conv(8, padding="valid"), 16, "lowering"),
        (Conv(8, kernel=1), 16, "pointwise"),
        (Conv(8, kernel=1, padding=1), 16, "lowering"),
    ],
)
def test_the_kernel_is_a_function_of_the_shape(
    monkeypatch: pytest.MonkeyPatch, layer: Conv, channels: int, kernel: str
) -> None:
    assert chosen(monkeypatch, layer, channels) == kernel


def test_small_maps_and_precise_networks_take_small_tiles() -> None:
    sides = (1, 2, 3, 4, 6, 15, 32)
    assert [plan.tile(side, side, precise=False) for side in sides] == [2, 2, 3, 4, 3, 4, 4]
    assert [plan.tile(side, side, precise=True) for side in sides] == [2] * 7
