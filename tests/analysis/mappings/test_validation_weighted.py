from __future__ import annotations

import numpy as np
from scipy.special import softmax
from sklearn.metrics import recall_score

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis.mappings import ValidationWeighted, fitted


def weighted(logits: Array, labels: Array) -> Array:
    classes = logits.shape[1]
    guesses, groups = logits.argmax(1), groups_of(classes)
    recall = recall_score(labels, guesses, labels=range(classes), average=None, zero_division=0)
    recall = np.where(np.isin(range(classes), labels), recall, np.mean(guesses == labels))
    chances = recall * softmax(logits, axis=1)
    return np.stack([chances[:, groups == g].sum(1) for g in range(groups.max() + 1)], 1)


COMPARISONS = [
    Comparison(
        "ValidationWeighted",
        lambda logits, labels: scores(ValidationWeighted(), logits, labels),
        weighted,
    )
]


def test_a_class_that_is_never_known_has_no_say() -> None:
    logits, groups = np.log([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1]]), np.array([0, 1, 1])
    found = fitted(ValidationWeighted(), logits, np.array([1, 0]), groups)(logits)
    np.testing.assert_allclose(found, [[0.6, 0.05]] * 2)  # recall 1, 0, and 1/2 where none is known
