"""What a difference over seeds allows to say: better, worse, or not resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thumblab.analysis import holm

LEVEL = 0.05
"""Adjusted p-values below this are called differences."""

BETTER = ("better", "worse")
"""What more is called, and less."""
FEWEST_SEEDS = 3
"""Two values and their spread say next to nothing, and where they tie the opposite of the truth."""

Pairs = Mapping[Any, tuple[list[float], list[float]]]


def paired(pairs: Pairs, called: tuple[str, str] = BETTER) -> dict[Any, dict[str, Any]]:
    """Differences ``first - second`` over the seeds, by Student's t, with Holm's p-values over all.

    For measures that are no share of images, of which ``thumblab.verdict`` knows more. No
    difference is claimed of fewer than three seeds, or of differences that are all alike.
    """
    results: dict[Any, dict[str, Any]] = {key: {"verdict": "not resolved"} for key in pairs}
    tests = {key: _student(np.array(a) - b) for key, (a, b) in pairs.items() if _tells(a, b)}
    adjusted = holm(np.array([test["p_value"] for test in tests.values()])).tolist()
    for (key, test), p_value in zip(tests.items(), adjusted, strict=True):
        word = called[test["difference"] < 0] if p_value < LEVEL else "not resolved"
        results[key] = test | {"adjusted": p_value, "verdict": word}
    return results


def _tells(first: list[float], second: list[float]) -> bool:
    apart = np.array(first) - second
    return len(apart) >= FEWEST_SEEDS and float(np.ptp(apart)) > 1e-9 * float(np.abs(apart).max())


def _student(apart: Any) -> dict[str, Any]:
    from scipy.stats import ttest_1samp

    found = ttest_1samp(apart, 0.0)
    low, high = found.confidence_interval(1 - LEVEL)
    return {
        "difference": float(apart.mean()),
        "low": float(low),
        "high": float(high),
        "p_value": float(found.pvalue),
        "seeds": len(apart),
    }
