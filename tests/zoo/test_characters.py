from thumblab import zoo
from thumblab.core.layer import walk
from thumblab.core.summary import summary
from thumblab.layers import BatchNorm, Conv


def test_it_has_five_convolutions_each_with_a_norm_instead_of_a_bias() -> None:
    leaves = [layer for _, layer, _ in walk(zoo.characters_cnn(47), (1, 28, 28))]
    convolutions = [layer for layer in leaves if isinstance(layer, Conv)]
    assert [layer.channels for layer in convolutions] == [16, 32, 32, 64, 64]
    assert not any(layer.bias for layer in convolutions)
    assert sum(isinstance(layer, BatchNorm) for layer in leaves) == 5


def test_it_is_small() -> None:
    assert summary(zoo.characters_cnn(47), (1, 28, 28)).trainable_parameters == 72_735
