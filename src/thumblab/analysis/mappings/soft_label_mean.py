"""The mean probability of each group's classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_groups
from thumblab.analysis.cross_entropy import probabilities
from thumblab.analysis.mappings.mapping import Mapping, Scores, fitted, membership

Array = NDArray[Any]


@dataclass(frozen=True)
class SoftLabelMean(Mapping):
    """``score[group] = p . s[group]``, where ``s`` is ``1 / size`` on the group's classes, else 0.

    The guess is that of ``GroupSum`` where all groups have the same size, as CIFAR-100's do; where
    they differ, it favors small groups. Source: report R0, "soft-label-based coarse mapping", read
    so that its "average" is the mean over the superclass.
    """


@fitted.register
def _soft_label_mean(mapping: SoftLabelMean, logits: Array, labels: Array, groups: Array) -> Scores:
    check_groups(logits, labels, groups)
    members = membership(groups)
    soft_labels = members / np.maximum(members.sum(0), 1)
    return lambda logits: probabilities(logits) @ soft_labels  # (n, classes) @ (classes, groups)
