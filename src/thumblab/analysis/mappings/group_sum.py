"""The summed probabilities of each group's classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.analysis.check import check_groups
from thumblab.analysis.cross_entropy import probabilities
from thumblab.analysis.mappings.mapping import Mapping, Scores, fitted, membership

Array = NDArray[Any]


@dataclass(frozen=True)
class GroupSum(Mapping):
    """``score[group] = sum of p[class]`` over the group's classes: the probability of the group.

    Were the probabilities the true ones, no rule could be right more often (Bayes' rule for the
    share of mistakes). Source: Karthik et al. 2021, arXiv:2104.00795, with the cost "coarse wrong".
    """


@fitted.register
def _group_sum(mapping: GroupSum, logits: Array, labels: Array, groups: Array) -> Scores:
    check_groups(logits, labels, groups)
    members = membership(groups)
    return lambda logits: probabilities(logits) @ members  # (n, classes) @ (classes, groups)
