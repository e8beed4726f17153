import pytest

from thumblab.kernels.conv_shape import ConvShape


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (ConvShape(6, 4, 5, 4, 3, 1, ((1, 1), (1, 1))), "6 -> 4 at 5x4 by 3x3"),
        (ConvShape(6, 4, 7, 6, 1, 1, ((1, 1), (1, 1))), "6 -> 4 at 7x6 by 1x1, padding 1-1-1-1"),
        (
            ConvShape(3, 4, 3, 3, 3, 2, ((0, 1), (0, 1))),
            "3 -> 4 at 3x3 by 3x3, stride 2, padding 0-1-0-1",
        ),
        (ConvShape(3, 4, 4, 3, 3, 1, ((0, 0), (0, 0))), "3 -> 4 at 4x3 by 3x3, padding 0-0-0-0"),
    ],
)
def test_a_convolution_says_what_is_unusual_about_it(shape: ConvShape, text: str) -> None:
    assert str(shape) == text
