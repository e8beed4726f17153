import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.core.rules import prepare
from thumblab.engines.numpy import Network
from thumblab.layers import StandardScaler

EXAMPLES = [(StandardScaler(), (5,))]


def test_fitted_features_have_mean_0_and_variance_1() -> None:
    x = np.random.default_rng(0).standard_normal((100, 3)) * [1, 20, 0] + [5, -3, 0.1]
    net = Network(StandardScaler(), (3,), dtype="f8", workers=1)
    for name, value in prepare(StandardScaler(), x).items():
        net.arrays[name][...] = value
    y, _ = net.run(x, training=False)
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(0), [1, 1, 0], atol=1e-12)  # the last never varies


def test_unfitted_it_changes_nothing() -> None:
    x = np.random.default_rng(0).standard_normal((4, 3))
    net = Network(StandardScaler(), (3,), dtype="f8", workers=1)
    np.testing.assert_array_equal(net.run(x, training=False)[0], x)


def test_images_have_to_be_flattened_first() -> None:
    with pytest.raises(ShapeError, match=r"was given \(3, 2, 2\); put Flatten\(\) before it"):
        StandardScaler().out_shape((3, 2, 2))
