"""What a forest plot draws of each comparison, and where its axis ends."""

from __future__ import annotations

import numpy as np

from thumblab.verdict import Comparison, Verdict

WIDE = 4.0
"""An interval so many times wider than half of the others is cut at the edge."""

COLLAPSED = 0.2
"""A difference larger than this, and ten times larger than half of the others, is cut likewise."""


def seeds_of(found: Comparison, verdict: Verdict) -> list[float]:
    """Difference of each seed; empty for what is no comparison of two arms, as the effect of a factor."""
    arms = verdict.arms
    if found.arm not in arms or found.against not in arms:
        return []
    own, other = arms[found.arm].scores, arms[found.against].scores
    return [a - b for a, b in zip(own, other, strict=True)] if len(own) == len(other) else []


def ends_of(found: Comparison) -> list[float]:
    """Ends of both intervals, of those that there are."""
    intervals = (found.these_images, found.images_like_these)
    return [end for interval in intervals for end in interval or ()]


def reach(verdict: Verdict) -> tuple[float, float]:
    """The ends of the axis, as fractions, around 0 and what does not matter.

    All that is drawn lies between them, but for arms that have collapsed, or of which a seed has: they
    would flatten all others.
    """
    found = verdict.comparisons
    spans = [np.array([0.0, *ends_of(each), *seeds_of(each, verdict)]) for each in found]
    widths = np.array([np.ptp(ends_of(each)) if ends_of(each) else 0.0 for each in found])
    far = np.array([abs(each.difference or 0.0) for each in found])
    usual_width, usual = (np.quantile(each, 0.5, method="lower") for each in (widths, far))
    cut = (widths > WIDE * usual_width) | ((far > COLLAPSED) & (far > 10 * usual))
    kept = [each for each, away in zip(spans, cut, strict=True) if not away]
    band = 1.1 * (verdict.matters or 0.0)
    edges = np.concatenate([*kept, [-band, band]])
    low, high = float(edges.min()), float(edges.max())
    margin = 0.04 * (high - low) or 0.01
    return low - margin, high + margin
