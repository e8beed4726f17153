from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.summary import summary
from thumblab.layers import Parallel, Sequential


def test_every_printed_shape_is_there() -> None:
    model = zoo.dffr_cnn(100)
    assert isinstance(model, Sequential)
    shape, shapes = (3, 32, 32), []
    for layer in model.layers:
        shape = layer.out_shape(shape)
        shapes.append(shape)
    assert shapes[0] == (16, 32, 32)
    blocks = [
        s for s, layer in zip(shapes, model.layers, strict=True) if isinstance(layer, Parallel)
    ]
    assert blocks == [(16, 16, 16), (32, 16, 16)]
    assert shapes[-5:] == [(32, 8, 8), (2048,), (512,), (512,), (100,)]


def test_parameters_by_hand() -> None:
    convolutions = (27 + 1) * 16 + 3 * (144 + 1) * 16 + (400 + 1) * 16
    dense = 2049 * 512 + 513 * 100
    assert summary(zoo.dffr_cnn(100), (3, 32, 32)).parameters == convolutions + dense == 1_114_212


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.dffr_cnn(3, 4, dense=6), (3, 8, 12))
