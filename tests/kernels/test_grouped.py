from typing import Literal

import numpy as np
import pytest

from thumblab.core.layer import Shape
from thumblab.engines.numpy import Network
from thumblab.kernels import grouped
from thumblab.kernels.grouped import WIDTH, bundles
from thumblab.layers import Conv

RULES: tuple[Literal["fast", "reference"], ...] = ("fast", "reference")
CASES = [
    (Conv(6, groups=6), (6, 5, 6)),
    (Conv(4, groups=2, bias=False), (6, 5, 6)),
    (Conv(10, kernel=1, groups=5), (10, 4, 3)),
    (Conv(10, kernel=3, stride=2, groups=5), (5, 7, 6)),
    (Conv(14, kernel=5, padding=1, groups=7), (14, 6, 6)),
]


@pytest.mark.parametrize(("layer", "shape"), CASES)
@pytest.mark.parametrize("width", [1, 4, 6, WIDTH])
def test_bundles_of_every_width_compute_what_the_plain_rule_does(
    layer: Conv, shape: Shape, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouped, "WIDTH", width)
    x = np.random.default_rng(0).standard_normal((21, *shape))
    results = []
    for rules in RULES:
        net = Network(layer, shape, dtype="f8", workers=1, rules=rules)
        y, backward = net.run(x, training=True)
        grads = backward(np.cos(np.arange(y.size)).reshape(y.shape))
        results.append({name: value.copy() for name, value in {"y": y, **grads}.items()})
    for name, expected in results[1].items():
        np.testing.assert_allclose(results[0][name], expected, rtol=1e-9, atol=1e-9, err_msg=name)


def test_bundles_cover_all_channels_once() -> None:
    found = list(bundles(3 * 40, 2 * 40, 40))
    assert [bundle.count for bundle in found] == [21, 19]
    assert [bundle.reads for bundle in found] == [slice(0, 63), slice(63, 120)]
    assert [bundle.writes for bundle in found] == [slice(0, 42), slice(42, 80)]
    kernel = found[0].kernel(np.ones((2 * 40, 3, 1, 1)))
    assert kernel.shape == (42, 63, 1, 1)
    assert kernel.sum() == 42 * 3
    np.testing.assert_array_equal(found[0].own(kernel), np.ones((42, 3, 1, 1)))
