from __future__ import annotations

import numpy as np
import pytest

from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Dense, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, flush
from thumblab.optim.denormal import EVERY, ROOM


def denormal(array: np.ndarray) -> int:
    """How many numbers are neither zero nor as long as others."""
    return int(((array != 0) & (np.abs(array) < np.finfo(array.dtype).tiny)).sum())


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_numbers_too_small_for_their_digits_become_zero_and_others_stay(dtype: str) -> None:
    tiny = float(np.finfo(dtype).tiny)
    sizes = np.array([0, 1e-7, 0.3, 1, 3.7, ROOM / 5, ROOM, 1e4], dtype) * np.dtype(dtype).type(
        tiny
    )
    usual = np.random.default_rng(0).standard_normal(1000).astype(dtype) * 10.0 ** -np.arange(
        20
    ).repeat(50)
    small, usual = np.concatenate([sizes, -sizes]), usual.astype(dtype)
    kept = usual.copy()
    flush((small, usual), EVERY)
    np.testing.assert_array_equal(usual, kept)
    np.testing.assert_array_equal(small == 0, np.tile(np.arange(8) < 6, 2))
    assert not denormal(small)
    np.testing.assert_allclose(small[[7, 15]], [1e4 * tiny, -1e4 * tiny], rtol=ROOM / 1e4)


def test_it_is_done_at_steps_that_their_number_tells() -> None:
    for count in range(1, 3 * EVERY):
        value = np.full(3, 1e-40, "f4")
        flush([value], count)
        assert (value == 0).all() == (count % EVERY == 0)


def test_a_dead_unit_leaves_nothing_denormal_in_the_state() -> None:
    """After some 850 steps its velocities and its BatchNorm's averages had all been denormal."""
    network = Network(Sequential(Dense(8), ReLU(), BatchNorm(), Dense(3)), (4,), workers=1)
    network.arrays["0.bias"][:6] = -100
    x = np.random.default_rng(0).standard_normal((12, 4)).astype("f4")
    told = {"loss": CrossEntropy(), "optimizer": SGD(), "learning_rate": 0.01}
    network.train_step(x, np.arange(12) % 3, step=0, **told)
    network.store.slots["velocity"][...] += 1e-34  # 750 steps of a tenth less are spared
    network.arrays["2.running_mean"][:6] = 1e-34
    for step in range(1, 130):
        network.train_step(x, np.arange(12) % 3, step=step, **told)
        assert not any(map(denormal, network.state().values())), step
    assert not network.store.slots["velocity"][:24].any()
    assert not network.arrays["2.running_mean"][:6].any()
