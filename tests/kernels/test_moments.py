import numpy as np
import pytest

from tests.kernels.lent import grouped
from thumblab.kernels import moments


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("strip", [1, 500, 64 * 1024])
def test_sums_are_numpys(monkeypatch: pytest.MonkeyPatch, strip: int, dtype: str) -> None:
    monkeypatch.setattr(moments, "STRIP", strip)
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((37, 3, 5, 7)).astype(dtype) for _ in range(2))
    close = {"rtol": 1e-5 if dtype == "f4" else 1e-12, "atol": 1e-3 if dtype == "f4" else 1e-12}
    np.testing.assert_allclose(moments.channel_sums(grouped(a)), a.sum((0, 2, 3), float), **close)
    products = (a.astype(float) * b).sum((0, 2, 3))
    found = moments.channel_products(grouped(a), grouped(b))
    np.testing.assert_allclose(found, products, **close)
    assert found.dtype == np.float64
    assert moments.channel_sums(grouped(a)).dtype == np.float64


def test_many_float32_values_do_not_drift() -> None:
    """A running float32 sum of 2 million values near 1 would be off by parts in a thousand."""
    x = np.random.default_rng(0).uniform(0.9, 1.1, (512, 1, 64, 64)).astype("f4")
    found = moments.channel_sums(grouped(x))[0]
    assert found == pytest.approx(x.sum(dtype=np.float64), rel=1e-6)
