from __future__ import annotations

import numpy as np

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import Case
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis.mappings import ArgmaxGroup

COMPARISONS = [
    Comparison(
        "ArgmaxGroup",
        lambda logits, labels: scores(ArgmaxGroup(), logits, labels).argmax(1),
        lambda logits, labels: [groups_of(logits.shape[1])[row.argmax()] for row in logits],
    )
]


def test_a_monotone_transform_changes_nothing(case: Case) -> None:
    logits, labels = case
    guess: Array = scores(ArgmaxGroup(), logits, labels)
    np.testing.assert_array_equal(scores(ArgmaxGroup(), logits**3, labels), guess)
