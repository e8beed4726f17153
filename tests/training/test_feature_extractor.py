import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.engines.numpy import Network
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Frozen,
    MaxPool,
    Parallel,
    ReLU,
    Sequential,
)
from thumblab.training.feature_extractor import feature_extractor

BODY = Sequential(Conv(4), BatchNorm(), ReLU())
MODEL = Sequential(
    Frozen(Sequential(Conv(3), ReLU(), Dropout(0.5))),
    Parallel(BODY, Conv(4, 1), merge="concat"),
    MaxPool(2),
    Flatten(),
    Dense(5),
)
SHAPE = (2, 6, 4)


def run(model: Layer, arrays: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    net = Network(model, x.shape[1:], dtype="f8", workers=1)
    for name, array in net.arrays.items():
        array[...] = arrays[name]
    return net.run(x, training=False)[0].copy()


def inner(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def test_each_layer_gives_what_it_computes_in_the_whole() -> None:
    whole = Network(MODEL, SHAPE, dtype="f8", workers=1)
    rng = np.random.default_rng(0)
    for array in whole.arrays.values():
        array[...] = rng.uniform(0.5, 1.5, array.shape)
    images = rng.integers(0, 256, (7, 6, 4, 2)).astype(np.uint8)
    about = {"shape": SHAPE, "shift": [[[3.0]]], "scale": [[[0.5]]], "precision": "float64"}
    x = (images.transpose(0, 3, 1, 2) - 3.0) * 0.5
    arrays = whole.weights()
    first = run(Sequential(Conv(3), ReLU()), inner(arrays, "0.layer."), x)
    body = inner(arrays, "1.0.")
    expected = {
        "0.layer.1": first,
        "0": first,
        "1.0.0": run(Sequential(Conv(4)), body, first),
        "1.0": run(BODY, body, first),
        "1.1": run(Conv(4, 1), inner(arrays, "1.1."), first),
        "": whole.run(x, training=False)[0],
        "4": whole.run(x, training=False)[0],
    }
    for path, wanted in expected.items():
        found = feature_extractor(MODEL, path).network(arrays, about, workers=1).predict(images)
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12, err_msg=path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("5", "no layer at '5': Sequential the model has parts 0, 1, 2, 3, 4"),
        ("1.2", "no layer at '1.2': Parallel at '1' has parts 0, 1"),
        ("0.0", "no layer at '0.0': Frozen at '0' has parts layer"),
        ("2.0", "no layer at '2.0': MaxPool at '2' has no parts"),
    ],
)
def test_a_layer_that_is_not_there_is_named(path: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        feature_extractor(MODEL, path)
