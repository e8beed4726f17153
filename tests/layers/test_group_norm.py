import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import GroupNorm

EXAMPLES = [
    (GroupNorm(2), (4, 6, 6)),
    (GroupNorm(1), (3, 5, 7)),
    (GroupNorm(3, eps=1e-2), (3, 5, 7)),
    (GroupNorm(4), (12,)),
]


def test_each_group_of_each_sample_is_normalized() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(rng.normal(size=(9, 6, 1, 1)), 3, (9, 6, 4, 4))
    y, _ = Network(GroupNorm(2), (6, 4, 4), dtype="f8", workers=1).run(x, training=False)
    parts = y.reshape(9, 2, -1)
    np.testing.assert_allclose(parts.mean(2), 0, atol=1e-12)
    np.testing.assert_allclose(parts.var(2), 1, rtol=1e-4)


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="there is at least 1 group"):
        GroupNorm(0)
    with pytest.raises(ShapeError, match="cannot divide 6 channels; choose groups that do"):
        GroupNorm(4).out_shape((6, 5, 5))
    with pytest.raises(ShapeError, match=r"GroupNorm reads \(c, h, w\) or \(features,\)"):
        GroupNorm(1).out_shape((4, 5))
