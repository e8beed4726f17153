import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import walk
from thumblab.core.summary import summary
from thumblab.layers import BatchNorm, Conv, Dropout

CIFAR = (3, 32, 32)


@pytest.mark.parametrize(
    ("classes", "depth", "width", "parameters"),
    [
        (10, 28, 10, 36_479_194),
        (100, 28, 10, 36_536_884),
        (10, 16, 8, 10_961_370),
        (10, 40, 4, 8_949_210),
    ],
)
def test_parameters_are_the_published_ones(
    classes: int, depth: int, width: int, parameters: int
) -> None:
    model = zoo.wide_resnet(classes, depth, width)
    assert summary(model, CIFAR).trainable_parameters == parameters


def test_depth_counts_convolutions_and_the_dense_layer_as_the_paper_does() -> None:
    leaves = [layer for _, layer, _ in walk(zoo.wide_resnet(10, 16, 2, 0.3), CIFAR)]
    convolutions = [layer for layer in leaves if isinstance(layer, Conv)]
    assert sum(layer.kernel == 3 for layer in convolutions) == 1 + 12
    assert sum(layer.kernel == 1 for layer in convolutions) == 3
    assert sum(isinstance(layer, BatchNorm) for layer in leaves) == 13
    assert leaves.count(Dropout(0.3)) == 6


def test_a_depth_has_to_share_out_evenly() -> None:
    with pytest.raises(UsageError, match=r"depth of 6 n \+ 4, such as 16 or 28"):
        zoo.wide_resnet(10, 20)


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.wide_resnet(3, 10, 1), (3, 8, 9))
