"""A linear classifier of groups that reads what the network says of classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_groups
from thumblab.analysis.cross_entropy import probabilities
from thumblab.analysis.mappings.mapping import Mapping, Scores, fitted, membership

Array = NDArray[Any]
LEAST = 1e-12
"""Probabilities below this are alike."""


@dataclass(frozen=True)
class CoarseHead(Mapping):
    """Logistic regression from the probabilities of classes and of groups to the group.

    Their logarithms are read, each brought to mean 0 and standard deviation 1 on the images that train
    the head: the probabilities of a weak network lie close together, and a penalty would else hold
    the head to one constant group.

    It is trained on validation images. The network was not trained on those, so that the head learns
    how the network errs on new images; and ``cross_fitted`` judges the head on images that it was
    not trained on either.

    Attributes:
        strength: Inverse of the L2 penalty, above 0: the more validation images there are, the more
            of it does good.

    Source: stacking, Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1, by scikit-learn.
    """

    strength: float = 0.1


@fitted.register
def _coarse_head(mapping: CoarseHead, logits: Array, labels: Array, groups: Array) -> Scores:
    check_groups(logits, labels, groups)
    truth = groups[labels]
    if len(np.unique(truth)) == 1:  # nothing to tell apart
        only = membership(groups)[truth[:1]]
        return lambda logits: np.repeat(only, len(logits), 0)
    return _trained(mapping, logits, truth, groups)


def _trained(mapping: CoarseHead, logits: Array, truth: Array, groups: Array) -> Scores:
    from sklearn.linear_model import LogisticRegression

    members = membership(groups)
    inputs = _inputs(logits, members)
    mean, spread = inputs.mean(0), inputs.std(0)
    spread[spread < 1e-6] = 1.0  # what does not vary says nothing, and is not blown up
    head = LogisticRegression(C=mapping.strength, max_iter=2000, tol=1e-3)
    head.fit((inputs - mean) / spread, truth)

    def scores(logits: Array) -> Array:
        found = np.zeros((len(logits), members.shape[1]))
        found[:, head.classes_] = head.predict_proba((_inputs(logits, members) - mean) / spread)
        return found

    return scores


def _inputs(logits: Array, members: Array) -> Array:
    chances = probabilities(logits)
    found: Array = np.log(np.maximum(np.concatenate([chances, chances @ members], 1), LEAST))
    return found
