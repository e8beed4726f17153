import pytest

from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, swap
from thumblab.layers import BatchNorm, Conv, Dropout, Identity, MaxPool, ReLU, Sequential


def names(model: Sequential) -> str:
    return " ".join(type(layer).__name__ for layer in model.layers)


def layers_of(model: Layer) -> tuple[Layer, ...]:
    assert isinstance(model, Sequential)
    return model.layers


def test_norm_stands_after_the_relu_or_before_it() -> None:
    after = zoo.stacked_cnn(10, widths=(8,), dense=0, norm="after")
    before = zoo.stacked_cnn(10, widths=(8,), dense=0, norm="before")
    assert names(after) == "Conv ReLU BatchNorm MaxPool Flatten Dense"
    assert names(before) == "Conv BatchNorm ReLU MaxPool Flatten Dense"


def test_dropout_follows_every_pool_and_the_dense_layer() -> None:
    model = zoo.stacked_cnn(10, widths=(8, 8), dense=16, dropout=0.3)
    assert names(model) == (
        "Conv ReLU MaxPool Dropout Conv ReLU MaxPool Dropout Flatten Dense ReLU Dropout Dense"
    )
    assert swap(model, Dropout, Identity()).out_shape((3, 32, 32)) == (10,)


def test_vgg_like_doubles_every_convolution_and_normalizes_once_a_stage() -> None:
    layers = layers_of(zoo.vgg_like(10))
    kinds = [type(layer) for layer in layers]
    assert kinds[:7] == [Conv, ReLU, Conv, ReLU, BatchNorm, MaxPool, Dropout]
    assert (kinds.count(Conv), kinds.count(MaxPool), kinds.count(BatchNorm)) == (10, 5, 6)


def test_keras_norm_is_keras_default_in_our_reading() -> None:
    norms = {layer for layer in layers_of(zoo.vgg_like(10)) if isinstance(layer, BatchNorm)}
    assert norms == {BatchNorm(momentum=0.01, eps=1e-3)}


def test_maps_shrink_from_32_to_1() -> None:
    model, shape, sides = zoo.seven_layer(10), (3, 32, 32), []
    for layer in layers_of(model):
        shape = layer.out_shape(shape)
        if isinstance(layer, MaxPool):
            sides.append(shape[1])
    assert sides == [16, 8, 4, 2, 1]


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown norm 'befor'; did you mean 'before'"):
        zoo.stacked_cnn(10, norm="befor")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"convolutions=0\): give 1 or more a stage"):
        zoo.stacked_cnn(10, convolutions=0)
