import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import SqueezeExcite

EXAMPLES = [
    (SqueezeExcite(), (8, 6, 6)),
    (SqueezeExcite(2, init="he_normal"), (6, 5, 7)),
    (SqueezeExcite(16), (3, 4, 4)),
]


def test_a_channel_is_multiplied_by_one_factor() -> None:
    net = Network(SqueezeExcite(1), (2, 1, 2), dtype="f8", workers=1)
    for array in net.arrays.values():
        array[...] = 0
    net.arrays["fc1.weight"][...] = np.eye(2)
    net.arrays["fc2.weight"][...] = [[1, 0], [0, 0]]
    x = np.log(np.array([[[[1.0, 9.0]], [[5.0, 7.0]]]]))
    y, _ = net.run(x, training=False)  # the first mean is log 3, whose sigmoid is 3/4
    np.testing.assert_allclose(y, x * np.array([0.75, 0.5])[:, None, None])


def test_there_is_at_least_one_hidden_unit() -> None:
    assert SqueezeExcite(16).weights((3, 4, 4))["fc1.weight"].shape == (1, 3)


def test_flops_are_those_of_both_dense_maps() -> None:
    assert SqueezeExcite(4).flops((8, 6, 6)) == 2 * 2 * 8 * 2


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="reduction must be at least 1"):
        SqueezeExcite(0)
    with pytest.raises(ShapeError, match=r"SqueezeExcite reads \(channels, height, width\)"):
        SqueezeExcite().out_shape((12,))
