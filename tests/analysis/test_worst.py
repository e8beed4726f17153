from __future__ import annotations

import numpy as np

from tests.analysis.comparison import Comparison
from tests.analysis.conftest import Case
from thumblab.analysis import cross_entropies, worst_losses

COMPARISONS = [
    Comparison(
        "worst_losses",
        worst_losses,
        lambda logits, labels: sorted(
            range(len(labels)), key=lambda i: (-cross_entropies(logits, labels)[i], i)
        ),
    )
]


def test_a_limit_gives_the_first_of_them(case: Case) -> None:
    logits, labels = case
    np.testing.assert_array_equal(
        worst_losses(logits, labels, limit=3), worst_losses(logits, labels)[:3]
    )
