"""How far a measure would wander on other images of the same classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses

Array = NDArray[Any]

RESAMPLES = 2000


def macro_f1_interval(
    guesses: Array,
    labels: Array,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Bias-corrected bootstrap interval of macro-F1 on other images, as many of each class as here.

    Images are drawn again within their class, so that no class drops out, however rare. ``n - 1`` of
    ``n`` are drawn and count for ``n``, without which the spread of a class of three would come out a
    third too small. It speaks of the choice of images only, not of another seed's network.

    Coverage, simulated with 47 classes (``tests/analysis/test_bootstrap.py``): 95 to 96 % where the
    smallest class has 3 images, 93 to 94 % where how many of a class there are is drawn too.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``.
        resamples: How many times images are drawn again.
        seed: Another seed draws others.

    Returns:
        ``(low, high)``, fractions in ``[0, 1]``; the score itself twice if nothing can vary. The mean
        is over the classes that occur among labels or guesses, in every resample the same.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Source: bias correction, Efron 1981, doi:10.2307/2285522; ``n - 1``, Rao & Wu 1988,
        doi:10.1080/01621459.1988.10478591.
    """
    check_guesses(guesses, labels)
    size = int(max(guesses.max(), labels.max())) + 1
    counts = np.bincount(labels * size + guesses, minlength=size * size).reshape(size, size)
    support = counts.sum(1)
    draw = np.random.default_rng(seed)
    hits, guessed = np.zeros((resamples, size)), np.zeros((resamples, size))
    for each in np.flatnonzero(support):
        drawn = _drawn(draw, counts[each], int(support[each]), resamples)
        hits[:, each] = drawn[:, each]
        guessed += drawn
    there = (support + counts.sum(0)) > 0
    values = _f1(hits, support + guessed)[:, there].mean(1)
    found = float(_f1(np.diag(counts), support + counts.sum(0))[there].mean())
    return _bias_corrected(values, found, confidence)


def _drawn(draw: np.random.Generator, row: Array, samples: int, resamples: int) -> Array:
    """How often each class is guessed for the images of one, ``(resamples, classes)``."""
    if samples == 1:
        return np.repeat(row[None], resamples, 0)
    times = draw.multinomial(samples - 1, row / samples, resamples)
    return np.asarray(times * (samples / (samples - 1)), np.float64)


def _f1(hits: Array, both: Array) -> Array:
    """``2 hits / (samples + guesses)`` of each class, 0 where there are neither."""
    scores: Array = np.divide(2 * hits, both, out=np.zeros(both.shape), where=both > 0)
    return scores


def bootstrap_interval(
    measure: Callable[[Array, Array], float],
    guesses: Array,
    labels: Array,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Bias-corrected bootstrap interval of ``measure(guesses, labels)``.

    For measures without a formula: for an accuracy take ``accuracy_interval``, for macro-F1
    ``macro_f1_interval``. Images are drawn again within their class, with replacement, so that none
    drops out. It speaks of the choice of images only, not of another seed's network.

    Args:
        measure: Of class indices ``(n,)`` and ``(n,)``, such as ``accuracy``.
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``.
        resamples: How many times images are drawn again.
        seed: Another seed draws others.

    Returns:
        ``(low, high)``; the measure itself twice if nothing can vary.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Source: Efron 1981, doi:10.2307/2285522.
    """
    check_guesses(guesses, labels)
    draw = np.random.default_rng(seed)
    order = np.argsort(labels, kind="stable")
    guesses, labels = guesses[order], labels[order]
    first, inverse = np.unique(labels, return_index=True, return_inverse=True)[1:]
    size = np.bincount(inverse)
    values = np.empty(resamples)
    for i in range(resamples):
        rows = first[inverse] + (draw.random(len(labels)) * size[inverse]).astype(np.int64)
        values[i] = measure(guesses[rows], labels)
    return _bias_corrected(values, float(measure(guesses, labels)), confidence)


def _bias_corrected(values: Array, found: float, confidence: float) -> tuple[float, float]:
    """Percentiles of ``values``, moved by as much as their median lies beside what was found."""
    from scipy.special import ndtr, ndtri

    if np.ptp(values) == 0:
        return found, found
    below = float(np.mean(values < found) + np.mean(values == found) / 2)
    least = 1 / (2 * len(values))
    beside, end = 2 * ndtri(np.clip(below, least, 1 - least)), ndtri((1 + confidence) / 2)
    low, high = np.quantile(values, (ndtr(beside - end), ndtr(beside + end)))
    return float(low), float(high)
