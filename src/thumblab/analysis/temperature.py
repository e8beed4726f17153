"""One number that divides the logits, so that a network says how sure it may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_groups, check_logits
from thumblab.analysis.cross_entropy import cross_entropies

Array = NDArray[Any]

COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures that are tried; a fit that runs away ends at one of them."""


def temperature(logits: Array, labels: Array) -> float:
    """The temperature whose ``softmax(logits / temperature)`` has the least cross-entropy.

    Above 1 the network is over-confident, below 1 under-confident. Fit it on validation images,
    never on those that are then scored.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.

    Returns:
        From 0.05 to 20; a bound where the best lies beyond it (as where every guess is right), and
        1 where all temperatures do alike.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> boast = np.array([[4.0, 0.0]] * 4)
        >>> round(temperature(boast, np.array([0, 0, 0, 1])), 3)  # 4 / ln 3
        3.641

    Source: Guo et al. 2017, arXiv:1706.04599, section 4.2.
    """
    check_logits(logits, labels)
    return _least(lambda t: float(cross_entropies(logits / t, labels).mean()))


def coarse_temperature(logits: Array, labels: Array, groups: Array) -> float:
    """The temperature at which the groups' summed probabilities have the least cross-entropy.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.

    Returns:
        From 0.05 to 20, as ``temperature``.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> boast = np.array([[4.0, 0.0]] * 4)
        >>> round(coarse_temperature(boast, np.array([0, 0, 0, 1]), np.array([0, 1])), 3)
        3.641
    """
    from scipy.special import logsumexp

    check_groups(logits, labels, groups)
    whole = logits.astype(np.float64)
    inside = np.where(groups[labels][:, None] == groups, whole, -np.inf)
    largest = int(np.bincount(groups).max())
    own = np.sort(inside, axis=1)[:, -largest:]  # the logits of the label's group
    return _least(
        lambda t: float((logsumexp(whole / t, axis=1) - logsumexp(own / t, axis=1)).mean())
    )


def overconfidence(logits: Array, labels: Array) -> float:
    """How much of the mean cross-entropy is there only because the network is too sure.

    ``loss at temperature 1 - loss at the best temperature``, with that temperature fitted on these
    very images: one number fitted to all of them, which flatters it by about ``1 / 2n`` nats.

    Args:
        logits: Scores ``(n, classes)``.
        labels: Class indices ``(n,)``.

    Returns:
        Nats, at least 0; 0 for a network that is not sure enough.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.

    Example:
        >>> boast = np.array([[4.0, 0.0]] * 4)
        >>> round(overconfidence(boast, np.array([0, 0, 0, 1])), 3)
        0.456
    """
    best = temperature(logits, labels)
    if best <= 1:
        return 0.0
    excess = cross_entropies(logits, labels).mean() - cross_entropies(logits / best, labels).mean()
    return max(float(excess), 0.0)


def _least(loss: Callable[[float], float]) -> float:
    """Where ``loss`` is least: a coarse search, as it may have several valleys, then a fine one."""
    from scipy.optimize import minimize_scalar

    grid = np.linspace(np.log(COLDEST), np.log(HOTTEST), 15)
    losses = [loss(float(np.exp(x))) for x in grid]
    place = int(np.argmin(losses))
    if np.ptp(losses) <= 1e-12 * max(1.0, max(losses)):
        return 1.0
    low, high = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
    found = minimize_scalar(
        lambda x: loss(float(np.exp(x))),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x if found.fun < losses[place] else grid[place]))
