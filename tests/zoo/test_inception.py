import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.summary import summary
from thumblab.layers import Parallel, Sequential


def module(read: int, width: int) -> int:
    """Weights of a module's convolutions and their BatchNorms, by hand."""
    a, b, c, d = width // 4, width // 2, width // 8, width // 8
    three, five = 3 * width // 8, width // 16
    convolutions = read * (a + three + five + d) + 9 * three * b + 25 * five * c
    return convolutions + 2 * (a + three + b + five + c + d)


def test_parameters_by_hand() -> None:
    pairs = [(64, 128), (128, 128), (128, 256), (256, 256), (256, 512), (512, 512)]
    by_hand = 27 * 64 + 128 + sum(module(*pair) for pair in pairs) + 513 * 10
    assert summary(zoo.inception(10), (3, 32, 32)).trainable_parameters == by_hand == 1_727_082


def test_branches_have_the_proportions_of_googlenet_3a() -> None:
    model = zoo.inception(10, (256,), 1, stem=192)
    assert isinstance(model, Sequential)
    branches = model.layers[3]
    assert isinstance(branches, Parallel)
    written = [branch.out_shape((192, 28, 28)) for branch in branches.layers]
    assert written == [(64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28)]
    assert branches.layers[1].layers[0].channels == 96  # type: ignore[attr-defined]
    assert branches.layers[2].layers[0].channels == 16  # type: ignore[attr-defined]


def test_widths_share_out() -> None:
    with pytest.raises(UsageError, match="give multiples of 16"):
        zoo.inception(10, (100,))
    with pytest.raises(UsageError, match=r"modules=0\) has no module; give 1 or more of both"):
        zoo.inception(10, modules=0)


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.inception(3, (16, 32), 1, stem=4), (3, 7, 8))
