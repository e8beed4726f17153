import numpy as np
import pytest

from tests.kernels.blocks import blocked, plain
from thumblab.kernels import normalize

CHUNKS = pytest.mark.parametrize("chunk", [1, 700, 3000, 32 * 1024])
SAMPLES = 37


@pytest.fixture
def arrays() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal((SAMPLES, 3, 5, 7)) for _ in range(3)]


def lend(name: str, size: int) -> np.ndarray:
    return np.full(size, np.nan)


def by_channel(values: np.ndarray) -> np.ndarray:
    return values.sum((0, 2, 3), dtype=np.float64)


def spread(values: np.ndarray) -> np.ndarray:
    return values[:, None, None]


def blank() -> np.ndarray:
    return np.zeros_like(blocked(np.zeros((SAMPLES, 3, 5, 7))))


@CHUNKS
@pytest.mark.parametrize("precise", [True, False])
def test_sums_are_numpys(
    monkeypatch: pytest.MonkeyPatch, arrays: list[np.ndarray], chunk: int, precise: bool
) -> None:
    monkeypatch.setattr(normalize, "CHUNK", chunk)
    x, dy, y = arrays
    wanted = [by_channel(x), by_channel(x**2)]
    np.testing.assert_allclose(
        normalize.moments(blocked(x), lend, precise=precise), wanted, rtol=1e-12
    )
    wanted = [by_channel(dy), by_channel(dy * x)]
    found = normalize.gradient_sums(blocked(dy), blocked(x), None, lend, precise=precise)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10)
    up = dy * (y > 0)
    found = normalize.gradient_sums(blocked(dy), blocked(x), blocked(y), lend, precise=precise)
    np.testing.assert_allclose(found, [by_channel(up), by_channel(up * x)], rtol=1e-10, atol=1e-10)


@CHUNKS
@pytest.mark.parametrize("flag", [True, False])
def test_affine_maps_are_numpys(
    monkeypatch: pytest.MonkeyPatch, arrays: list[np.ndarray], chunk: int, flag: bool
) -> None:
    monkeypatch.setattr(normalize, "CHUNK", chunk)
    x, dy, y = arrays
    a, b, c = np.random.default_rng(1).standard_normal((3, 3))
    out = blank()
    normalize.scale(blocked(x), (a, b), blocked(y) if flag else None, out, rectify=flag)
    wanted = x * spread(a) + spread(b) + y * flag
    np.testing.assert_allclose(plain(out, SAMPLES), np.maximum(wanted, 0) if flag else wanted)
    out = blank()
    normalize.gradient(
        blocked(dy), blocked(x), blocked(y), (a, b, c), out, lend, blocked(x) if flag else None
    )
    wanted = dy * (y > 0) * spread(a) + x * spread(b) + spread(c)
    wanted = np.where(x > 0, wanted, 0) if flag else wanted
    np.testing.assert_allclose(plain(out, SAMPLES), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("precise", [True, False])
def test_many_float32_values_do_not_drift(precise: bool) -> None:
    """A running float32 sum of 2 million values near 1 would be off by parts in a thousand."""
    x = np.random.default_rng(0).uniform(0.9, 1.1, (512, 1, 64, 64)).astype("f4")
    found = normalize.moments(blocked(x), lend, precise=precise)
    assert found.dtype == np.float64
    assert found[0, 0] == pytest.approx(x.sum(dtype=np.float64), rel=1e-6)
