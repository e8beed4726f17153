import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import walk
from thumblab.core.summary import summary
from thumblab.layers import BatchNorm, Conv, Parallel, Sequential

PAPER = {20: 269_722, 32: 464_154, 44: 658_586, 56: 853_018, 110: 1_727_962}
"""Trained parameters with shortcuts of zeros (option A), as the paper has them: 0.27 to 1.7 million."""
SHORTCUTS = 16 * 32 + 32 * 64 + 2 * (32 + 64)


@pytest.mark.parametrize("depth", PAPER)
def test_parameters_are_the_papers_and_two_projections(depth: int) -> None:
    found = summary(zoo.resnet(10, depth), (3, 32, 32))
    assert found.trainable_parameters == PAPER[depth] + SHORTCUTS
    statistics = 2 * ((depth - 2) // 3 * (16 + 32 + 64) + 16 + 32 + 64)
    assert found.parameters == found.trainable_parameters + statistics


def test_resnet20_is_the_benchmarks() -> None:
    assert summary(zoo.resnet20(10), (3, 32, 32)).trainable_parameters == 272_474


def test_sides_halve_where_a_stage_begins() -> None:
    model = zoo.resnet20(10)
    assert isinstance(model, Sequential)
    shape, shapes = (3, 32, 32), []
    for layer in model.layers:
        shape = layer.out_shape(shape)
        if isinstance(layer, Parallel):
            shapes.append(shape)
    assert shapes == [(16, 32, 32)] * 3 + [(32, 16, 16)] * 3 + [(64, 8, 8)] * 3


def test_every_convolution_has_a_norm_instead_of_a_bias() -> None:
    leaves = [layer for _, layer, _ in walk(zoo.resnet(10, 32), (3, 32, 32))]
    convolutions = [layer for layer in leaves if isinstance(layer, Conv)]
    assert len(convolutions) == 31 + 2
    assert sum(isinstance(layer, BatchNorm) for layer in leaves) == len(convolutions)
    assert not any(layer.bias for layer in convolutions)


def test_other_widths_and_sides_fit() -> None:
    assert zoo.resnet(7, 10, (8, 12)).out_shape((1, 28, 28)) == (7,)


def test_a_depth_has_to_share_out_evenly() -> None:
    with pytest.raises(UsageError, match=r"depth=18\) does not .* use 6 n \+ 2, such as 20"):
        zoo.resnet(10, 18)
    with pytest.raises(UsageError, match="does not share out"):
        zoo.resnet(10, 2)
    with pytest.raises(UsageError, match=r"widths=\(\)\) has no stage"):
        zoo.resnet(10, widths=())


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.resnet(5, 14, (6, 8, 10)), (3, 16, 15))
