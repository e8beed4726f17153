"""What a difference over seeds allows to say: better, worse, or not resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thumblab.analysis import PairedDifference, holm, paired_difference

LEVEL = 0.05
"""Adjusted p-values below this are called differences."""

BETTER = ("better", "worse")
"""What more is called, and less."""


def verdict(
    found: PairedDifference | None, adjusted: float | None, called: tuple[str, str] = BETTER
) -> str:
    """In words. Without a test, or with a p-value that luck explains, nothing is resolved."""
    if found is None or adjusted is None or not adjusted < LEVEL or found.mean == 0:
        return "not resolved"
    return called[found.mean < 0]


def paired(
    pairs: Mapping[Any, tuple[list[float], list[float]]], called: tuple[str, str] = BETTER
) -> dict[Any, dict[str, Any]]:
    """Differences ``first - second`` over the seeds, with Holm's p-values over all ``pairs``.

    A single seed has no test, and no difference is claimed of it.
    """
    tests = {
        key: paired_difference(np.array(first), np.array(second))
        for key, (first, second) in pairs.items()
        if len(first) > 1
    }
    adjusted = holm(np.array([test.p_value for test in tests.values()])).tolist()
    told: dict[Any, dict[str, Any]] = {key: {"verdict": verdict(None, None)} for key in pairs}
    for (key, test), p_value in zip(tests.items(), adjusted, strict=True):
        told[key] = {
            "difference": test.mean,
            "low": test.low,
            "high": test.high,
            "p_value": test.p_value,
            "adjusted": p_value,
            "seeds": test.seeds,
            "verdict": verdict(test, p_value, called),
        }
    return told
