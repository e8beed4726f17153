from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verdict.studies import Array
from thumblab.analysis import holm
from thumblab.verdict.adjusted import adjusted

P_VALUES = st.lists(st.floats(1e-6, 1), min_size=1, max_size=6).map(np.array)


def claims(these: Array, beyond: Array, silent: int, level: float) -> tuple[Array, Array]:
    """The procedure as it is described: shares pass on where both are claimed."""
    claimed = np.zeros(len(these), bool)
    while True:
        share = level / (len(these) + silent - claimed.sum()) if not claimed.all() else level
        more = ~claimed & (np.maximum(these, beyond) <= share)
        if not more.any():
            return claimed | (these <= share), claimed
        claimed[np.argmin(np.where(more, np.maximum(these, beyond), np.inf))] = True


@given(P_VALUES, st.randoms(use_true_random=False), st.integers(0, 3), st.floats(0.01, 0.5))
def test_what_is_adjusted_is_claimed_as_step_by_step(these, rng, silent, level) -> None:
    beyond = np.array([rng.random() for _ in these])
    own, whole = adjusted(these, beyond, silent)
    wanted_own, wanted_whole = claims(these, beyond, silent, level)
    assert (own <= level).tolist() == wanted_own.tolist()
    assert (whole <= level).tolist() == wanted_whole.tolist()
    assert (own >= these).all()
    assert (own <= whole).all()


@given(P_VALUES, st.integers(0, 3))
def test_on_one_kind_of_images_it_is_holms(these: Array, silent: int) -> None:
    own, whole = adjusted(these, None, silent)
    assert whole is None
    np.testing.assert_allclose(own, holm(np.concatenate([these, np.ones(silent)]))[: len(these)])


def test_arms_that_differ_on_these_images_alone_lend_nothing() -> None:
    own, whole = adjusted(np.array([1e-9, 1e-9, 0.04]), np.array([0.9, 0.8, 0.9]), 0)
    assert own[2] == pytest.approx(0.12)
    assert holm(np.array([1e-9, 1e-9, 0.04]))[2] == pytest.approx(0.04)
    assert own[:2] == pytest.approx(3e-9)
    assert whole is not None
    assert adjusted(np.array([1e-9, 1e-9, 0.04]), np.array([1e-9, 1e-9, 0.9]), 0)[0][2] == 0.04
