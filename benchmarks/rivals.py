"""Procedures that others offer for a few seeds of two arms, written down from their sources and papers.

Each takes two rows of accuracies, seed by seed, and returns 1 (the second arm is better), -1 (worse) or 0.
Bootstraps draw 1,000 times. Beside the packages themselves, ASO said the same of 60 of 60 pairs of rows, and
preregister of 194 of 200: its p-values and ours are of different random draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import ttest_1samp, ttest_ind

Array = NDArray[Any]
Rival = Callable[[np.random.Generator, Array, Array], int]
DRAWS = 1000
LEVEL = 0.05


def paired_t(rng: np.random.Generator, first: Array, second: Array) -> int:
    """Student's t of the differences; two seeds that tie are certain."""
    apart = second - first
    if np.ptp(apart) < 1e-12:
        return int(np.sign(apart[0]))
    found = ttest_1samp(apart, 0)
    return int(np.sign(found.statistic)) if found.pvalue < LEVEL else 0


def welch_t(rng: np.random.Generator, first: Array, second: Array) -> int:
    """Welch's t of two independent samples."""
    if not np.ptp(first) and not np.ptp(second):
        return int(np.sign(second[0] - first[0]))
    found = ttest_ind(second, first, equal_var=False)
    return int(np.sign(found.statistic)) if found.pvalue < LEVEL else 0


def percentile_bootstrap(rng: np.random.Generator, first: Array, second: Array) -> int:
    """Percentiles of the mean difference over seeds drawn again."""
    apart = second - first
    means = apart[rng.integers(0, len(apart), (DRAWS, len(apart)))].mean(1)
    low, high = np.quantile(means, (LEVEL / 2, 1 - LEVEL / 2))
    return int(low > 0) - int(high < 0)


def preregister(rng: np.random.Generator, first: Array, second: Array) -> int:
    """The test "bootstrap" of preregister 0.1.0: confirmed or refuted, one-sided p-values below 0.05."""
    drawn = [row[rng.integers(0, len(row), (DRAWS, len(row)))].mean(1) for row in (first, second)]
    apart = drawn[1] - drawn[0]
    confirmed = (1 + np.count_nonzero(apart <= 0)) / (DRAWS + 1) < LEVEL
    refuted = (1 + np.count_nonzero(apart >= 0)) / (DRAWS + 1) < LEVEL
    return int(confirmed) - int(refuted)


def almost_stochastic_order(rng: np.random.Generator, first: Array, second: Array) -> int:
    """Deepsig's ASO: the upper bound of the violation ratio below 0.2, asked in both directions."""
    return int(_least_violation(rng, second, first) < 0.2) - int(
        _least_violation(rng, first, second) < 0.2
    )


def _least_violation(rng: np.random.Generator, better: Array, other: Array) -> float:
    seeds = len(better)
    drawn = [row[rng.integers(0, seeds, (DRAWS, seeds))] for row in (better, other)]
    ratio = float(_violation(better[None], other[None])[0])
    scale = (seeds / 2) ** 0.5
    deviation = float(np.std(scale * (_violation(*drawn) - ratio)))
    return float(np.clip(ratio - deviation / scale * ndtri(LEVEL), 0, 1))


def _violation(better: Array, other: Array) -> Array:
    """Share of the squared distance of the quantiles on which the order is turned round."""
    apart = np.sort(other, 1) - np.sort(better, 1)
    whole = (apart**2).sum(1)
    turned = (np.maximum(apart, 0) ** 2).sum(1)
    return np.where(whole > 0, turned / np.where(whole > 0, whole, 1), 0.5)


def sign_flip_and_bca(rng: np.random.Generator, first: Array, second: Array) -> int:
    """arXiv:2511.19794: a BCa interval of the differences above 0 and a sign-flip p-value below 0.05."""
    apart = second - first
    seeds = len(apart)
    signs = 1 - 2 * ((np.arange(2**seeds)[:, None] >> np.arange(seeds)) & 1)
    flipped = np.abs((signs * apart).mean(1))
    p_value = np.mean(flipped >= abs(apart.mean()) - 1e-15)
    low, high = _bca(rng, apart)
    if p_value >= LEVEL:
        return 0
    return int(low > 0) - int(high < 0)


def _bca(rng: np.random.Generator, apart: Array) -> tuple[float, float]:
    seeds, mean = len(apart), apart.mean()
    means = apart[rng.integers(0, seeds, (DRAWS, seeds))].mean(1)
    least = 1 / (2 * DRAWS)
    beside = ndtri(np.clip((means < mean).mean() + (means == mean).mean() / 2, least, 1 - least))
    left_out = (apart.sum() - apart) / (seeds - 1)
    away = left_out.mean() - left_out
    whole = (away**2).sum()
    turn = (away**3).sum() / (6 * whole**1.5) if whole > 0 else 0.0
    ends = [beside + ndtri(share) for share in (LEVEL / 2, 1 - LEVEL / 2)]
    low, high = np.quantile(means, [ndtr(beside + end / (1 - turn * end)) for end in ends])
    return float(low), float(high)


def rliable(rng: np.random.Generator, first: Array, second: Array) -> int:
    """The probability of improvement of rliable 1.2: its percentile interval leaves 0.5 out."""
    drawn = [row[rng.integers(0, len(row), (DRAWS, len(row)))] for row in (first, second)]
    more = (drawn[1][:, :, None] > drawn[0][:, None]).mean((1, 2))
    ties = (drawn[1][:, :, None] == drawn[0][:, None]).mean((1, 2))
    low, high = np.quantile(more + ties / 2, (LEVEL / 2, 1 - LEVEL / 2))
    return int(low > 0.5) - int(high < 0.5)


RIVALS: dict[str, Rival] = {
    "paired t over seeds": paired_t,
    "Welch's t": welch_t,
    "percentile bootstrap of differences": percentile_bootstrap,
    "preregister 0.1.0, bootstrap": preregister,
    "deepsig 1.2.8, ASO below 0.2": almost_stochastic_order,
    "sign-flip and BCa (arXiv:2511.19794)": sign_flip_and_bca,
    "rliable 1.2, probability of improvement": rliable,
}
