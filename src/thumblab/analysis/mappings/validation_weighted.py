"""The summed probabilities, each class weighted by how well validation images of it are known."""

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
class ValidationWeighted(Mapping):
    """``score[group] = sum of a[class] * p[class]``, ``a`` the class's recall on validation images.

    A class without validation images gets the accuracy over all of them. Source: report R0,
    "validation-based fine-weight mapping".
    """


@fitted.register
def _validation_weighted(
    mapping: ValidationWeighted, logits: Array, labels: Array, groups: Array
) -> Scores:
    check_groups(logits, labels, groups)
    hits = logits.argmax(1) == labels
    support = np.bincount(labels, minlength=len(groups))
    known = np.bincount(labels, hits, len(groups)) / np.maximum(support, 1)
    recall = np.where(support > 0, known, hits.mean())
    weighted = recall[:, None] * membership(groups)
    return lambda logits: probabilities(logits) @ weighted  # (n, classes) @ (classes, groups)
