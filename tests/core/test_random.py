import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.core.random import stream, words


@given(st.integers(1, 30), st.integers(0, 29), st.integers(1, 70))
def test_words_do_not_depend_on_where_a_batch_is_cut(samples: int, cut: int, each: int) -> None:
    cut = min(cut, samples)
    whole = words(3, "mask", "0.", 7, first=0, samples=samples, each=each)
    parts = [
        words(3, "mask", "0.", 7, first=first, samples=count, each=each)
        for first, count in ((0, cut), (cut, samples - cut))
        if count
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert whole.shape == (samples, each)


@pytest.mark.parametrize(
    "other", [(1, "a", 0), (0, "b", 0), (0, "a", 1), (0, "a"), (0, "a", 0, 0), (0, "a", "x")]
)
def test_another_key_draws_other_numbers(other: tuple[int | str, ...]) -> None:
    seed, purpose, *key = other
    drawn = stream(seed, purpose, *key).random(8)  # type: ignore[arg-type]
    assert not np.isin(drawn, stream(0, "a", 0).random(8)).any()
    mask = words(seed, purpose, *key, first=0, samples=8, each=16)  # type: ignore[arg-type]
    assert (mask != words(0, "a", 0, first=0, samples=8, each=16)).mean() > 0.9


def test_neighboring_keys_do_not_run_together() -> None:
    assert stream(1, "2", 3).random() != stream(1, "23").random()
    assert stream(12, "a").random() != stream(1, "2a").random()


ORDER = [905, 487, 127, 397]
MASK = [37580, 24001, 26559, 61765]


def test_the_same_key_draws_the_same_numbers_for_ever() -> None:
    """Literal numbers: a change here breaks the promise that old runs repeat."""
    assert stream(0, "order", 3).integers(0, 1000, 4).tolist() == ORDER
    assert words(0, "mask", first=5, samples=1, each=4).tolist() == [MASK]


def test_words_are_uniform() -> None:
    drawn = words(0, "mask", first=0, samples=400, each=250).astype(np.float64)
    assert drawn.min() >= 0
    assert drawn.max() <= 65535
    counts = np.histogram(drawn, 64, (0, 65536))[0]
    chi_squared = ((counts - 1562.5) ** 2 / 1562.5).sum()
    assert 30 < chi_squared < 110  # 63 degrees of freedom: 5 standard deviations either way
    assert drawn.mean() == pytest.approx(32767.5, abs=5 * 65536 / np.sqrt(12 * drawn.size))


def test_neighboring_samples_are_not_correlated() -> None:
    drawn = words(0, "mask", first=0, samples=2, each=20_000).astype(np.float64)
    assert abs(np.corrcoef(drawn)[0, 1]) < 0.03
