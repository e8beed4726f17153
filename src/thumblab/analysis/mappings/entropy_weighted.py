"""The summed probabilities, weighted by how sure the network is of the sample."""

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
class EntropyWeighted(Mapping):
    """``score[group] = w * sum of p[class]`` with ``w = 1 - entropy(p) / log(classes)``.

    ``w`` is one number a sample and cannot change which of the sample's groups scores highest: the
    guess is that of ``GroupSum`` unless ``w`` is 0, where nothing is known at all. Source: report R0,
    "confidence-based weighted softmax"; see docs/five-reports.md.
    """


@fitted.register
def _entropy_weighted(
    mapping: EntropyWeighted, logits: Array, labels: Array, groups: Array
) -> Scores:
    check_groups(logits, labels, groups)
    members = membership(groups)

    def scores(logits: Array) -> Array:
        chances = probabilities(logits)
        result: Array = _confidence(chances)[:, None] * (chances @ members)
        return result

    return scores


def _confidence(chances: Array) -> Array:
    """1 for a sample of one certain class, 0 for one of which nothing is known: ``(n,)``."""
    from scipy.special import entr

    most = max(np.log(chances.shape[1]), np.finfo(np.float64).tiny)
    sure: Array = np.clip(1 - entr(chances).sum(1) / most, 0, 1)
    return sure
