from __future__ import annotations

import numpy as np

from thumblab.verdict.crossed import crossed, crossed_scores

HITS = dict(zip("abc", np.random.default_rng(0).random((3, 4, 50)) < 0.7, strict=True))


def test_sums_are_those_of_plain_loops() -> None:
    found = crossed(HITS)
    assert (found.seeds, found.images) == (4, 50)
    for row, one in enumerate(HITS.values()):
        np.testing.assert_allclose(found.scores[row], one.mean(1))
        assert found.image_sums[row] == one.sum()
        for column, other in enumerate(HITS.values()):
            assert found.products[row, column] == (one & other).sum()
            both = one.sum(0).astype(float) @ other.sum(0)
            assert found.image_products[row, column] == both


def test_an_accuracy_is_a_score_like_others() -> None:
    scores = {name: each.mean(1) for name, each in HITS.items()}
    parts = {name: each / 50 for name, each in HITS.items()}
    found, wanted = crossed_scores(scores, parts), crossed(HITS)
    for name in ("scores", "products", "image_products", "image_sums"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name))
