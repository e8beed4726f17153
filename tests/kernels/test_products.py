import numpy as np
import pytest

from thumblab.kernels import products
from thumblab.kernels.products import multiply


@pytest.mark.parametrize("largest", [1, 2_000, 40_000, 1_000_000])
@pytest.mark.parametrize(("m", "k", "n"), [(64, 32, 48), (17, 5, 64), (6, 6, 4096), (128, 40, 7)])
def test_a_cut_product_is_the_product(
    monkeypatch: pytest.MonkeyPatch, m: int, k: int, n: int, largest: int
) -> None:
    monkeypatch.setattr(products, "LARGEST", largest)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((3, m, k)), rng.standard_normal((3, k, n))
    for left in (a, np.ascontiguousarray(a.swapaxes(1, 2)).swapaxes(1, 2)):
        out = np.full((3, m, n), np.nan)
        assert multiply(left, b, out) is out
        np.testing.assert_allclose(out, a @ b, atol=1e-12)


def test_parts_divide_and_are_neither_thin_nor_large() -> None:
    assert products._part(96, 50) == 48
    assert products._part(96, 15) == 0
    assert products._part(17, 16) == 0
    assert products._part(17, 17) == 17
