from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import peak_prominences

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import Valley, valleys


def told(accuracies: Array) -> list[tuple[float, float]]:
    return [(fall.epoch, fall.depth) for fall in valleys(accuracies)]


def by_prominence(accuracies: Array) -> list[tuple[float, float]]:
    """Every epoch below both its neighbors, with how deep SciPy says it lies."""
    inner = range(1, len(accuracies) - 1)
    low = [i for i in inner if accuracies[i - 1] > accuracies[i] < accuracies[i + 1]]
    depths = peak_prominences(-accuracies, low)[0] if low else np.zeros(0)
    return [(i + 1, depth) for i, depth in zip(low, depths, strict=True) if depth >= 0.05]


def risen(curve: Array) -> Array:
    """The curve with a last epoch above all others, so that nothing collapses."""
    return np.append(curve, 1.0)


DRAW = np.random.default_rng(0)
COMPARISONS = [
    Comparison(
        "valleys",
        told,
        by_prominence,
        tuple(
            (risen(curve),)
            for curve in (
                DRAW.random(40) * 0.9,
                np.linspace(0, 0.9, 30) - 0.2 * (np.arange(30) % 7 == 3),
                np.full(5, 0.4),
                np.array([0.3]),
                np.zeros(0),
            )
        ),
    )
]


def test_a_rise_has_no_valley_and_noise_none_that_counts() -> None:
    assert valleys(np.linspace(0, 1, 50)) == ()
    assert valleys(0.8 + 0.02 * DRAW.random(50)) == ()


def test_a_last_epoch_that_falls_is_a_collapse() -> None:
    (fall,) = valleys(np.array([0.5, 0.75, 0.75, 0.25]))
    assert fall == Valley(epoch=4, depth=0.5, recovered=False)


def test_a_curve_that_stays_down_has_collapsed_once() -> None:
    (fall,) = valleys(np.array([0.5, 0.75, 0.125, 0.125, 0.125]))
    assert (fall.epoch, fall.depth, fall.recovered) == (4, 0.625, False)


def test_climbing_half_of_the_way_is_recovering() -> None:
    assert valleys(np.array([0.75, 0.25, 0.5]))[0].recovered
    assert not valleys(np.array([0.75, 0.25, 0.4375]))[0].recovered


def test_a_smaller_depth_finds_more() -> None:
    curve = DRAW.random(60)
    counts = [len(valleys(curve, depth=depth)) for depth in (0.01, 0.1, 0.5)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(ValueError, match=r"^depth is 0; give a fraction above 0$"):
        valleys(np.ones(3), depth=0)
    with pytest.raises(
        ValueError, match=r"^accuracies have shape \(0,\); give \(epochs,\), finite, "
    ):
        valleys(np.zeros(0))
