import numpy as np
import pytest

from thumblab.engines.numpy import Network
from thumblab.layers import GELU, elementwise


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_pieces_change_nothing(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).standard_normal((5, 4, 3, 2))
    net = Network(GELU(), x.shape[1:], dtype="f8", workers=1)
    y, backward = net.run(x, training=True)
    expected, expected_dx = y.copy(), backward(x)["input"].copy()
    monkeypatch.setattr(elementwise, "PIECE", piece)
    y, backward = net.run(x, training=True)
    np.testing.assert_allclose(y, expected, rtol=1e-14)
    np.testing.assert_allclose(backward(x)["input"], expected_dx, rtol=1e-14)
