"""The summed probabilities of a network that has been told how sure it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.analysis.cross_entropy import probabilities
from thumblab.analysis.mappings.mapping import Mapping, Scores, fitted, membership
from thumblab.analysis.temperature import coarse_temperature

Array = NDArray[Any]


@dataclass(frozen=True)
class TemperedSum(Mapping):
    """``GroupSum`` of ``softmax(logits / T)``, ``T`` with the least coarse cross-entropy.

    Toward ``T = 0`` it becomes ``ArgmaxGroup``, at 1 it is ``GroupSum``. Source: Guo et al. 2017,
    arXiv:1706.04599, fitted to the groups instead of the classes.
    """


@fitted.register
def _tempered_sum(mapping: TemperedSum, logits: Array, labels: Array, groups: Array) -> Scores:
    best, members = coarse_temperature(logits, labels, groups), membership(groups)
    return lambda logits: probabilities(logits / best) @ members  # (n, classes) @ (classes, groups)
