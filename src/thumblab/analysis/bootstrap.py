"""How far a measure would wander on other images drawn as these were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses

Array = NDArray[Any]


def bootstrap_interval(
    measure: Callable[[Array, Array], float],
    guesses: Array,
    labels: Array,
    *,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval of ``measure(guesses, labels)`` over resampled images.

    For measures without a formula, such as macro-F1; for an accuracy take ``accuracy_interval``. It
    speaks of the choice of images only, not of another seed's network.

    Args:
        measure: Of class indices ``(n,)`` and ``(n,)``, such as ``accuracy``.
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        confidence: Share of such intervals that hold the truth, in ``(0, 1)``.
        resamples: How many times images are drawn again, with replacement.
        seed: Another seed draws others.

    Returns:
        ``(low, high)``; the measure itself twice if there is one image only.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Source: Efron 1979, doi:10.1214/aos/1176344552, by SciPy.
    """
    from scipy.stats import bootstrap

    check_guesses(guesses, labels)
    if len(labels) == 1:
        return (float(measure(guesses, labels)),) * 2
    found = bootstrap(
        (guesses, labels),
        measure,
        paired=True,
        vectorized=False,
        method="percentile",
        confidence_level=confidence,
        n_resamples=resamples,
        rng=np.random.default_rng(seed),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
