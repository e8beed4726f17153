import numpy as np

from thumblab.core.layer import Layer
from thumblab.core.rules import has_rule, prepare
from thumblab.engines.numpy import Network
from thumblab.layers import (
    Conv,
    Dense,
    Flatten,
    Parallel,
    PCAProjection,
    ReLU,
    Sequential,
    StandardScaler,
    Whiten,
    prepared,
)

Found = dict[str, np.ndarray]


class Runner:
    """Runs parts of one network and remembers which."""

    def __init__(self, model: Layer, x: np.ndarray) -> None:
        self.net = Network(model, x.shape[1:], dtype="f8", workers=1)
        self.seen: list[str] = []

    def __call__(self, path: str, layer: Layer, x: np.ndarray, fitted: Found) -> np.ndarray:
        self.seen.append(path)
        part = Network(layer, x.shape[1:], dtype="f8", workers=1)
        for name, array in part.arrays.items():
            array[...] = fitted.get(path + name, self.net.arrays[path + name])
        return part.run(x, training=False)[0].copy()


def fit(model: Layer, x: np.ndarray) -> tuple[Found, Runner]:
    runner = Runner(model, x)
    found = prepared(model, x, runner)
    for name, value in found.items():
        assert runner.net.arrays[name].shape == value.shape
        runner.net.arrays[name][...] = value
    return found, runner


IMAGES = np.random.default_rng(0).standard_normal((40, 2, 5, 5))


def test_a_network_without_fitted_layers_runs_nothing() -> None:
    found, runner = fit(Sequential(Conv(3), ReLU(), Flatten(), Dense(2)), IMAGES)
    assert found == {}
    assert runner.seen == []


def test_a_first_layer_is_fitted_to_the_data_themselves() -> None:
    found, runner = fit(Sequential(Whiten(), ReLU(), Flatten(), Dense(2)), IMAGES)
    np.testing.assert_array_equal(found["0.weight"], prepare(Whiten(), IMAGES)["weight"])
    assert list(found) == ["0.weight"]
    assert runner.seen == []


def test_each_layer_is_fitted_to_what_it_reads() -> None:
    front = Sequential(Conv(3), ReLU(), Flatten())
    found, runner = fit(Sequential(front, PCAProjection(4), StandardScaler(), Dense(2)), IMAGES)
    assert list(found) == ["1.mean", "1.components", "2.mean", "2.std"]
    assert runner.seen == ["0.", "1."]
    fitted = Sequential(front, PCAProjection(4), StandardScaler())
    part = Network(fitted, (2, 5, 5), dtype="f8", workers=1)
    for name in part.arrays:
        part.arrays[name][...] = runner.net.arrays[name]
    y = part.run(IMAGES, training=False)[0]
    np.testing.assert_allclose(y.T @ y / len(y), np.eye(4), atol=1e-9)


def test_branches_read_the_same() -> None:
    features = IMAGES.reshape(40, -1)
    model = Parallel(
        Sequential(StandardScaler(), PCAProjection(2)), PCAProjection(3), merge="concat"
    )
    found, runner = fit(model, features)
    assert runner.seen == ["0.0."]
    expected = prepare(PCAProjection(3), features)["components"]
    np.testing.assert_array_equal(found["1.components"], expected)
    assert set(found) == {
        *("0.0.mean", "0.0.std", "0.1.mean", "0.1.components"),
        *("1.mean", "1.components"),
    }


def test_most_layers_fit_nothing_to_data() -> None:
    assert prepare(Dense(1), np.ones((2, 3))) == {}
    assert not has_rule(prepare, Dense(1))
