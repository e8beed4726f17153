from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from tests.verdict.studies import Array, study
from thumblab.verdict.best import contrasts_of
from thumblab.verdict.crossed import Crossed, crossed
from thumblab.verdict.estimates import LEAST_LENT, MOST_LENT, estimates

AGAINST_FIRST = {arms: contrasts_of([(k, 0) for k in range(1, arms)], arms) for arms in (2, 4, 6)}


def made(arms: int, seeds: int, alike: float = 0.9) -> tuple[dict[str, Array], Crossed]:
    hits = study(np.random.default_rng(arms + 10 * seeds), seeds, [alike] * (arms - 1))
    return hits, crossed(hits)


@pytest.mark.parametrize("seeds", [2, 3, 7])
def test_variances_over_images_are_those_of_their_definition(seeds: int) -> None:
    hits, data = made(4, seeds)
    found = estimates(data, AGAINST_FIRST[4])
    for row, name in enumerate(list(hits)[1:]):
        apart = (hits[name].astype(float) - hits["plain"]) / data.images
        noise = apart.var(0, ddof=1).sum()
        between = data.images * apart.mean(0).var(ddof=1)
        assert found.noise[row] == pytest.approx(noise)
        assert found.luck[row] == pytest.approx(max(between - noise / seeds, 0), abs=1e-15)
        assert found.spread[row] == pytest.approx(apart.sum(1).std(ddof=1))
        assert found.these.mean[row] == pytest.approx(apart.sum(1).mean())


def test_seeds_that_spread_more_than_mistakes_are_students() -> None:
    """One comparison of three seeds or more is the paired t-test, unless its seeds all but tie."""
    draw = np.random.default_rng(3)
    first, second = draw.random((2, 4, 188)) < np.linspace(0.5, 0.9, 4)[None, :, None]
    data = crossed({"a": first, "b": np.roll(second, 1, axis=0)})
    found = estimates(data, AGAINST_FIRST[2])
    wanted = ttest_1samp(data.scores[1] - data.scores[0], 0)
    assert found.these.p_value()[0] == pytest.approx(wanted.pvalue)
    low, high = found.these.interval(0.05)
    assert (low[0], high[0]) == pytest.approx(tuple(wanted.confidence_interval(0.95)))
    assert found.beyond is not None
    assert found.beyond.variance[0] == pytest.approx(found.these.variance[0] + found.luck[0])


def test_few_comparisons_lend_nothing_and_two_seeds_alone_do_not_tell_of_images() -> None:
    for seeds in (2, 3):
        found = estimates(made(2, seeds)[1], AGAINST_FIRST[2])
        assert found.lent[0] == 0
        assert (found.beyond is None) == (seeds == 2)
    found = estimates(made(4, 2)[1], AGAINST_FIRST[4])
    assert found.beyond is not None
    assert (found.beyond.freedom >= found.these.freedom).all()


def test_no_more_is_lent_than_two_degrees_of_freedom() -> None:
    found = estimates(made(6, 3)[1], AGAINST_FIRST[6])
    assert (found.lent <= MOST_LENT).all()
    assert (found.lent > 0).all()


def test_arms_whose_seeds_tie_keep_half_of_what_mistakes_would_give() -> None:
    _, data = made(4, 3)
    tied = Crossed(
        np.repeat(data.scores[:, :1], 3, 1), data.products, data.image_products,
        data.image_sums, data.images,
    )  # fmt: skip
    found = estimates(tied, AGAINST_FIRST[4])
    lent = found.lent
    least = LEAST_LENT * lent / (lent + 2) * found.noise
    assert (found.seed_variance >= 0.99 * least).all()


def test_equal_rows_have_the_noise_of_one_image() -> None:
    found = estimates(made(2, 3)[1], np.zeros((1, 2)))
    assert found.noise[0] == pytest.approx(1 / 188**2)
    assert found.these.p_value()[0] == 1


def test_p_values_and_intervals_say_the_same() -> None:
    found = estimates(made(6, 3)[1], AGAINST_FIRST[6]).these
    low, high = found.interval(0.1)
    for row, (below, above) in enumerate(zip(low, high, strict=True)):
        assert found.p_value(below)[row] == pytest.approx(0.1)
        assert found.p_value_below(below)[row] == pytest.approx(0.05)
        assert found.p_value_below(above)[row] == pytest.approx(0.95)
