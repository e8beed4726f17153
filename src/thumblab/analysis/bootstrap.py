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
    """Interval of macro-F1 on other images, by two bootstraps; it reaches as far as either of them.

    One draws images again within their class, as many as here, so that no class drops out; ``n - 1``
    of ``n`` are drawn and count for ``n``, without which the spread of a class of three would come out
    a third too small. The other draws how many a class has, too, and does so from smoothed shares: what
    is known of the classes together makes up for the few images of one, which may all be right by luck.
    It speaks of the choice of images only, not of another seed's network.

    Coverage, simulated with 47 classes (``benchmarks/verdict_bars.py``, B12): 93 to 98 % where the
    smallest class has 3 images, whether the sizes of the classes are given or drawn.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``.
        resamples: How many times images are drawn again, by each of the two.
        seed: Another seed draws others.

    Returns:
        ``(low, high)``, fractions in ``[0, 1]``, with the score between them. The mean is over the
        classes that occur among labels or guesses.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Source: bias correction, Efron 1981, doi:10.2307/2285522; ``n - 1``, Rao & Wu 1988,
        doi:10.1080/01621459.1988.10478591; smoothing by a beta-binomial's moments, Kleinman 1973,
        doi:10.1080/01621459.1973.10481332.
    """
    check_guesses(guesses, labels)
    size = int(max(guesses.max(), labels.max())) + 1
    counts = np.bincount(labels * size + guesses, minlength=size * size).reshape(size, size)
    there = (counts.sum(1) + counts.sum(0)) > 0
    counts = counts[there][:, there]
    draw = np.random.default_rng(seed)
    found = float(_f1(np.diag(counts), counts.sum(1) + counts.sum(0)).mean())
    given = _bias_corrected(_within_classes(draw, counts, resamples), found, confidence)
    moved = _drawn_anew(draw, counts, resamples, found, confidence)
    return min(*given, *moved, found), max(*given, *moved, found)


def _within_classes(draw: np.random.Generator, counts: Array, resamples: int) -> Array:
    """Macro-F1 of images drawn within their class ``(resamples,)``."""
    support = counts.sum(1)
    hits, guessed = np.zeros((resamples, len(counts))), np.zeros((resamples, len(counts)))
    for each in np.flatnonzero(support):
        drawn = _drawn(draw, counts[each], int(support[each]), resamples)
        hits[:, each] = drawn[:, each]
        guessed += drawn
    return np.asarray(_f1(hits, support + guessed).mean(1))


def _drawn_anew(
    draw: np.random.Generator, counts: Array, resamples: int, found: float, confidence: float
) -> tuple[float, float]:
    """Ends of an interval, from how far scores of smoothed shares lie from the score of these shares."""
    shares, sizes = _smoothed(counts)
    both = sizes + sizes @ shares
    truth = float(_f1(sizes * np.diag(shares), both).mean())
    support = draw.multinomial(int(counts.sum()), sizes, resamples)
    hits, guessed = np.zeros(support.shape), np.zeros(support.shape)
    for each, row in enumerate(shares):
        order = np.argsort(-row)  # most likely first: drawing ends with the last image
        drawn = draw.multinomial(support[:, each], row[order])
        hits[:, each] = drawn[:, np.flatnonzero(order == each)[0]]
        guessed[:, order] += drawn
    occur = np.maximum(((support + guessed) > 0).sum(1), 1)
    values = _f1(hits, support + guessed).sum(1) / occur
    angles = np.arcsin(np.sqrt(np.minimum(values, 1))) - np.arcsin(np.sqrt(min(truth, 1.0)))
    away = np.quantile(angles, ((1 + confidence) / 2, (1 - confidence) / 2))
    ends = np.clip(np.arcsin(np.sqrt(min(found, 1.0))) - away, 0, np.pi / 2)
    low, high = np.sin(ends) ** 2
    return float(low), float(high)


def _smoothed(counts: Array) -> tuple[Array, Array]:
    """What each class is guessed as, drawn towards all classes together, and how common it is."""
    support, hits = counts.sum(1), np.diag(counts)
    mean, weight = (hits.sum() + 0.5) / (support.sum() + 1), _weight_of_all(hits, support)
    mistakes = counts - np.diag(hits)
    usual = np.repeat((mistakes.sum(0) + 1 / len(counts))[None], len(counts), 0)
    np.fill_diagonal(usual, 0)
    usual *= (1 - mean) / np.maximum(usual.sum(1, keepdims=True), 1e-12)
    usual += mean * np.eye(len(counts))
    shares = (counts + weight * usual) / (support + weight)[:, None]
    sizes = support + 0.5
    return shares / shares.sum(1, keepdims=True), sizes / sizes.sum()


def _weight_of_all(hits: Array, support: Array) -> float:
    """So many images of its own a class needs for them to count as much as all classes together."""
    hits, images = hits[support > 0], support[support > 0].astype(np.float64)
    share = images / images.sum()
    mean = float(hits.sum() / images.sum())
    spread = float((share * (hits / images - mean) ** 2).sum())
    luck = float((share * (1 - share) / images).sum())
    room = float((share * (1 - share) * (1 - 1 / images)).sum())
    if not 0 < mean < 1 or room <= 0:
        return 20.0
    alike = (spread / (mean * (1 - mean)) - luck) / room
    return float(np.clip((1 - alike) / max(alike, 1e-3), 1.0, 20.0))


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
