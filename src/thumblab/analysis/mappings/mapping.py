"""What a mapping is: data, and the open function that fits it to validation images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_groups
from thumblab.core.errors import MissingRuleError
from thumblab.core.value import Value

Array = NDArray[Any]

Scores = Callable[[Array], Array]
"""Logits ``(n, classes)`` to scores ``(n, groups)``: the guess is the group of the highest."""

FOLDS = 5


@dataclass(frozen=True)
class Mapping(Value):
    """Base of the rules from fine to coarse. To add one, derive from it and register ``fitted``."""


@singledispatch
def fitted(mapping: Mapping, logits: Array, labels: Array, groups: Array) -> Scores:
    """The rule, fitted to images that the network was not trained on; most have nothing to fit.

    Args:
        mapping: Which rule.
        logits: Scores ``(n, classes)`` on validation images. The network's training images would
            teach a rule that the network is far surer and more often right than it is.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``, from 0 without a gap.

    Returns:
        Logits ``(m, classes)`` to scores ``(m, groups)``; a tie goes to the lowest group.

    Raises:
        ValueError: If the shapes do not fit, or a logit is not finite.
    """
    raise MissingRuleError(
        f"{type(mapping).__name__} has no rule; write one with @fitted.register "
        "(see thumblab/analysis/mappings/group_sum.py for a short example)"
    )


def cross_fitted(
    mapping: Mapping, logits: Array, labels: Array, groups: Array, *, folds: int = FOLDS
) -> Array:
    """Coarse guesses, each by the rule as fitted to the other folds; so it can be scored by them.

    A rule scored on the images it was fitted to looks better than it is, and the more it has to
    fit, the better it looks. A rule without anything to fit guesses the same as without folds.

    Args:
        mapping: Which rule.
        logits: Scores ``(n, classes)`` on validation images.
        labels: Class indices ``(n,)``.
        groups: Group index of each class ``(classes,)``.
        folds: Into how many parts the images are dealt out, always alike; fewer where there are
            fewer images.

    Returns:
        Group indices ``(n,)``, int64.

    Raises:
        ValueError: If there are fewer than two images or folds, or the shapes do not fit.

    Example:
        >>> from thumblab.analysis.mappings import GroupSum
        >>> logits = np.array([[1.0, 1.0, 1.5], [0.0, 0.0, 9.0]])
        >>> cross_fitted(GroupSum(), logits, np.array([0, 2]), np.array([0, 0, 1]))
        array([0, 1])

    Source: Stone 1974, doi:10.1111/j.2517-6161.1974.tb00994.x, by scikit-learn.
    """
    from sklearn.model_selection import KFold

    check_groups(logits, labels, groups)
    if min(len(labels), folds) < 2:
        raise ValueError(f"{len(labels)} images in {folds} folds; give at least two of both")
    guesses = np.zeros(len(labels), np.int64)
    dealt = KFold(min(folds, len(labels)), shuffle=True, random_state=0)
    for rest, held in dealt.split(labels):
        scores = fitted(mapping, logits[rest], labels[rest], groups)
        guesses[held] = scores(logits[held]).argmax(1)
    return guesses


def membership(groups: Array) -> Array:
    """1.0 where a class is in a group, else 0.0: ``(classes, groups)``."""
    return np.eye(int(groups.max()) + 1)[groups]
