import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import walk
from thumblab.core.summary import summary
from thumblab.layers import GELU, Conv, Dense, Parallel, ReLU, Sequential, SiLU

GLYPHS = (1, 28, 28)


def test_sizes_are_those_of_the_report() -> None:
    assert summary(zoo.r2_cnn(47), GLYPHS).trainable_parameters == 271_015
    assert summary(zoo.r2_res(47), GLYPHS).trainable_parameters == 1_774_743
    for classes in (47, 62):
        assert round(summary(zoo.r2_cnn(classes), GLYPHS).parameters / 1e6, 2) == 0.27
        assert round(summary(zoo.r2_res(classes), GLYPHS).parameters / 1e6, 2) in (1.77, 1.78)


def test_the_cnn_has_convolutions_only() -> None:
    leaves = [layer for _, layer, _ in walk(zoo.r2_cnn(47), GLYPHS)]
    assert sum(isinstance(layer, Conv) for layer in leaves) == 8
    assert not any(isinstance(layer, Dense) for layer in leaves)


@pytest.mark.parametrize("blocks", [1, 2, 3, 4])
def test_blocks_are_an_argument(blocks: int) -> None:
    model = zoo.r2_res(47, blocks)
    assert isinstance(model, Sequential)
    shape, found = GLYPHS, []
    for layer in model.layers:
        shape = layer.out_shape(shape)
        if isinstance(layer, Parallel):
            found.append(shape)
    assert found == [(200, 7, 7)] * blocks


def test_the_activation_is_an_argument() -> None:
    for model in (zoo.r2_cnn(47, activation=GELU()), zoo.r2_res(47, activation=GELU())):
        leaves = [layer for _, layer, _ in walk(model, GLYPHS)]
        assert leaves.count(GELU()) >= 7
        assert not any(isinstance(layer, ReLU | SiLU) for layer in leaves)


def test_no_blocks_are_refused() -> None:
    with pytest.raises(UsageError, match="has no residual block; give 1 or more"):
        zoo.r2_res(47, 0)
    with pytest.raises(UsageError, match=r"widths=\(\)\) has no stage"):
        zoo.r2_cnn(47, widths=())


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.r2_cnn(3, (4, 6)), (1, 9, 8))
    assert_gradients_agree(zoo.r2_res(3, 2, 5, (3, 4)), (1, 9, 8))
