from typing import Any

import numpy as np
import pytest

from tests.kernels.blocks import blocked, fresh, plain
from tests.kernels.convolved import check
from thumblab.kernels import winograd

PAD = ((1, 1), (1, 1))


def draw(
    samples: int, inputs: int, outputs: int, sides: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(samples)
    shapes = ((samples, inputs, *sides), (outputs, inputs, 3, 3), (outputs,))
    return tuple(rng.standard_normal(shape) for shape in shapes)  # type: ignore[return-value]


def tiles(m: int) -> Any:
    """The convolution by tiles of ``m x m`` pixels."""
    return lambda x, weight, bias, shape, memory: winograd.convolve(x, weight, bias, m, memory)


@pytest.mark.parametrize("m", [2, 3, 4])
@pytest.mark.parametrize("height", range(1, 18))
def test_every_side_agrees_with_torch(height: int, m: int) -> None:
    """17 - height makes odd meet even and small meet large."""
    x, weight, bias = draw(3, 4, 5, (height, 18 - height))
    check(tiles(m), x, weight, bias, 1, PAD)


@pytest.mark.parametrize("m", [2, 3, 4])
@pytest.mark.parametrize("strip", [1, 3000, 8000, 20_000])
@pytest.mark.parametrize("sides", [(9, 8), (11, 5), (8, 8)])
def test_uneven_strips_change_nothing(
    monkeypatch: pytest.MonkeyPatch, strip: int, sides: tuple[int, int], m: int
) -> None:
    monkeypatch.setattr(winograd, "STRIP", strip)
    x, weight, bias = draw(53, 3, 2, sides)
    check(tiles(m), x, weight, bias, 1, PAD)


@pytest.mark.parametrize("m", [2, 3, 4])
def test_more_outputs_than_inputs_and_the_reverse(m: int) -> None:
    for inputs, outputs in ((1, 9), (9, 1), (5, 5)):
        x, weight, _ = draw(17, inputs, outputs, (6, 7))
        check(tiles(m), x, weight, None, 1, PAD)


def test_an_unread_input_gradient_is_not_computed() -> None:
    x, weight, bias = draw(2, 4, 5, (6, 6))
    _, backward = winograd.convolve(blocked(x), weight, bias, 4, fresh())
    dy = blocked(np.ones((2, 5, 6, 6)))
    dx, dweight, _ = backward(dy, False)
    assert dx is dy
    assert np.isfinite(dweight).all()


@pytest.mark.parametrize(("m", "share"), [(2, 1e-5), (3, 1e-4), (4, 1e-4)])
def test_rounding_in_float32_stays_where_it_is_promised(m: int, share: float) -> None:
    x, weight, bias = draw(16, 64, 32, (8, 8))
    results = []
    for dtype in (np.float64, np.float32):
        given = [array.astype(dtype) for array in (blocked(x), weight, bias)]
        results.append(plain(winograd.convolve(*given, m, fresh(dtype))[0], 16))
    assert np.abs(results[0] - results[1]).max() < share * np.abs(results[0]).max()
