import pytest

from thumblab.core.errors import ShapeError
from thumblab.layers import Conv

IMAGE = (4, 6, 6)
EXAMPLES = [
    (Conv(5), IMAGE),
    (Conv(5), (3, 5, 7)),
    (Conv(5), (1, 28, 28)),
    (Conv(16), (16, 8, 8)),
    (Conv(6), (5, 2, 2)),
    (Conv(6), (5, 1, 1)),
    (Conv(5, kernel=1, bias=False), IMAGE),
    (Conv(5, kernel=1, stride=2, bias=False), (4, 5, 7)),
    (Conv(3, kernel=5, padding="valid"), IMAGE),
    (Conv(3, kernel=5), IMAGE),
    (Conv(3, kernel=3, stride=2), IMAGE),
    (Conv(3, kernel=3, stride=2, padding=1), (4, 5, 7)),
    (Conv(3, kernel=2, stride=1, padding="valid"), IMAGE),
    (Conv(3, kernel=4, stride=2, padding=1), (2, 9, 8)),
    (Conv(2, kernel=3, padding=2), IMAGE),
    (Conv(2, kernel=1, padding=1), IMAGE),
]


def test_same_padding_puts_the_odd_zero_below_and_right() -> None:
    assert Conv(1, kernel=3, stride=2).out_shape((1, 32, 32)) == (1, 16, 16)
    assert Conv(1, kernel=3, stride=2).out_shape((1, 5, 7)) == (1, 3, 4)


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match=r"does not fit in 3x3 pixels; use a smaller kernel"):
        Conv(1, kernel=5, padding="valid").out_shape((1, 3, 3))
    with pytest.raises(ShapeError, match=r"Conv reads \(channels, height, width\) but was given"):
        Conv(1).out_shape((12,))
    with pytest.raises(ShapeError, match="padding must be 'same', 'valid' or a number of pixels"):
        Conv(1, padding="full")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="at least 1"):
        Conv(1, stride=0)
    with pytest.raises(ShapeError, match="at least 1 channel"):
        Conv(0)


def test_flops_count_a_multiply_add_as_two() -> None:
    assert Conv(16).flops((3, 32, 32)) == 2 * 32 * 32 * 16 * 3 * 9
