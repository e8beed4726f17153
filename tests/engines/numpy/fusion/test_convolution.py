"""A BatchNorm right behind a convolution becomes part of it, in inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thumblab.core.layer import Layer
from thumblab.engines.numpy import Network
from thumblab.engines.numpy.fusion import convolution
from thumblab.layers import BatchNorm, Conv, Flatten, ReLU, Sequential


@pytest.mark.parametrize(
    "conv", [Conv(5), Conv(6, bias=False, groups=2), Conv(5, stride=2)], ids=str
)
@pytest.mark.parametrize("behind", [(), (ReLU(),)], ids=str)
def test_folded_is_what_both_compute(
    conv: Layer, behind: tuple[Layer, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Sequential(Conv(4), conv, BatchNorm(), *behind, Flatten())
    images = np.random.default_rng(0).standard_normal((19, 13, 11, 3))
    net = Network(model, (3, 13, 11), dtype="f8", workers=1)
    plain = Network(model, (3, 13, 11), dtype="f8", workers=1, rules="reference")
    for name, array in net.arrays.items():
        values = np.random.default_rng(len(name)).standard_normal(array.shape)
        array[...] = np.abs(values) if "running_var" in name else values
        plain.arrays[name][...] = array
    np.testing.assert_allclose(net.predict(images), plain.predict(images), rtol=1e-9, atol=1e-9)
    plain_fold, folds = convolution._folded, []

    def watched(*given: Any) -> Any:
        folds.append(given)
        return plain_fold(*given)

    monkeypatch.setattr(convolution, "_folded", watched)
    net.predict(images)
    assert len(folds) == 1
