import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.core.rules import prepare
from thumblab.engines.numpy import Network
from thumblab.layers import Whiten

EXAMPLES = [
    (Whiten(), (3, 6, 6)),
    (Whiten(3), (1, 5, 7)),
    (Whiten(1), (2, 3, 4)),
]


def smooth_images(samples: int) -> np.ndarray:
    """Neighbors and channels that resemble each other, as in photographs."""
    x = np.random.default_rng(0).standard_normal((samples, 3, 9, 9))
    return x[:, :, 1:, 1:] + x[:, :, :-1, :-1] + x.mean(1, keepdims=True)[:, :, 1:, :-1]


def test_fitted_outputs_are_uncorrelated_and_of_unit_size() -> None:
    layer, x = Whiten(eps=0.0), smooth_images(300)
    net = Network(layer, (3, 8, 8), dtype="f8", workers=1)
    net.arrays["weight"][...] = prepare(layer, x)["weight"]
    net.arrays["bias"][...] = 0
    y, _ = net.run(x, training=False)
    flat = y[:, :12].transpose(0, 2, 3, 1).reshape(-1, 12)
    np.testing.assert_allclose(flat.T @ flat / len(flat), np.eye(12), atol=1e-9)
    np.testing.assert_array_equal(y[:, 12:], -y[:, :12])


def test_eps_bounds_what_hardly_varies() -> None:
    """Constant images have one axis; the others would be divided by 0."""
    weight = prepare(Whiten(eps=0.01), np.ones((4, 1, 3, 3)))["weight"]
    norms = np.linalg.norm(weight.reshape(8, 4), axis=1)
    np.testing.assert_allclose(norms, [10, 10, 10, 1 / np.sqrt(4.01)] * 2)


def test_signs_and_many_images_are_no_whim() -> None:
    x = smooth_images(600)  # more than are looked at at once
    first = prepare(Whiten(), x)["weight"]
    again = prepare(Whiten(), x[::-1])["weight"]
    np.testing.assert_allclose(first, again, rtol=1e-6, atol=1e-9)
    flat = first[:12].reshape(12, 12)
    assert (np.take_along_axis(flat, np.abs(flat).argmax(1)[:, None], 1) > 0).all()


def test_only_the_bias_is_trained() -> None:
    owned = Whiten().weights((3, 32, 32))
    assert {name: weight.trained for name, weight in owned.items()} == {
        "weight": False,
        "bias": True,
    }


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="does not fit in 1x1 pixels; use a smaller kernel"):
        Whiten().out_shape((3, 1, 1))
    with pytest.raises(ShapeError, match="kernel must be at least 1 and eps at least 0"):
        Whiten(eps=-1.0)
