import numpy as np
import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.summary import summary
from thumblab.engines.numpy import Network
from thumblab.layers import Conv, Dropout, MaxPool, ReLU, Sequential

CIFAR = (3, 32, 32)


@pytest.mark.parametrize(
    ("name", "parameters", "logits"),
    [
        ("r3_model_1", 2_190_122, 10),
        ("r3_model_2_published", 1_130_272, 256),
        ("r3_model_3_published", 1_130_272, 256),
        ("r3_model_2", 1_130_272 + 2_570, 10),
        ("r3_model_3", 1_130_272 + 2_570, 10),
    ],
)
def test_parameters_and_logits_are_those_of_the_notebook(
    name: str, parameters: int, logits: int
) -> None:
    model = getattr(zoo, name)(10)
    assert summary(model, CIFAR).parameters == parameters
    assert model.out_shape(CIFAR) == (logits,)


def test_convolutions_pools_and_dropouts_stand_as_in_the_notebook() -> None:
    model = zoo.r3_model_3_published(10)
    assert isinstance(model, Sequential)
    letters = {Conv: "c", MaxPool: "p", Dropout: "d"}
    said = "".join(letters.get(type(layer), "") for layer in model.layers)
    assert said == "ccpccdpcdpccdp"
    channels = [layer.channels for layer in model.layers if isinstance(layer, Conv)]
    assert channels == [16, 32, 64, 128, 128, 256, 256]
    assert {layer.rate for layer in model.layers if isinstance(layer, Dropout)} == {0.5}
    assert all(
        isinstance(after, ReLU)
        for before, after in zip(model.layers, model.layers[1:], strict=False)
        if isinstance(before, Conv)
    )


def test_published_logits_are_never_negative() -> None:
    net = Network(zoo.r3_model_2_published(10, width=2), CIFAR, workers=1)
    logits = net.predict(np.random.default_rng(0).standard_normal((6, 32, 32, 3)))
    assert (logits >= 0).all()


def test_more_classes_than_features_are_refused() -> None:
    with pytest.raises(UsageError, match="256 logits whatever the data, but there are 300 classes"):
        zoo.r3_model_3_published(300)


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.r3_model_2(3, width=2), (3, 16, 17))
