from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import SeedPair, seed_differences

IMAGES = 188


def alone(differences: Array) -> list[float]:
    """Of one comparison whose seeds spread more than single mistakes would have them."""
    (found,) = seed_differences([SeedPair(differences, np.full((len(differences), 9), 0.01))])
    return [found.mean, *found.these_images, found.p_value]


def paired_t_test(differences: Array) -> list[float]:
    found = ttest_1samp(differences, 0)
    low, high = found.confidence_interval(0.95)
    return [differences.mean(), low, high, found.pvalue]


COMPARISONS = [
    Comparison(
        "seed_differences",
        alone,
        paired_t_test,
        tuple((np.random.default_rng(n).normal(0.3, 1, n),) for n in (3, 5, 10)),
    )
]


def pair_of(first: Array, second: Array) -> SeedPair:
    """Of the hits ``(seeds, images)`` of two arms."""
    both = first.astype(int) - second
    return SeedPair(both.mean(1), both / both.shape[1])


def arms(draw: np.random.Generator, seeds: int, count: int, unlike: float = 0.0) -> list[SeedPair]:
    """Hits of ``count`` arms and of the one they are compared with: equally good on all images like these.

    Each image is got right with its own chance; where arms are ``unlike`` they know other images.
    """
    chances = [draw.beta(0.45, 0.05, IMAGES)]
    for _ in range(count):
        own = draw.random(IMAGES) < unlike
        chances.append(np.where(own, draw.beta(0.45, 0.05, IMAGES), chances[0]))
    hits = draw.random((count + 1, seeds, IMAGES)) < np.array(chances)[:, None]
    return [pair_of(each, hits[0]) for each in hits[1:]]


@cache
def claims(seeds: int, count: int, unlike: float = 0.0, studies: int = 200) -> dict[str, float]:
    """Share of studies with a false word, and of intervals that hold the truth."""
    draw = np.random.default_rng(seeds + 100 * count)
    any_word = beyond = 0
    held = []
    for _ in range(studies):
        found = seed_differences(arms(draw, seeds, count, unlike))
        any_word += any(each.word != "not resolved" for each in found)
        beyond += any(each.word in ("better", "worse") for each in found)
        for each in found:
            low, high = each.images_like_these or (-1, 1)
            held.append(low <= 0 <= high)
    return {"any": any_word / studies, "beyond": beyond / studies, "held": float(np.mean(held))}


@pytest.mark.parametrize(("seeds", "count"), [(2, 1), (2, 3), (2, 12), (3, 1), (3, 3)])
def test_where_there_is_no_difference_few_studies_claim_one(seeds: int, count: int) -> None:
    """Ties of two seeds once made a quarter to a half of such studies claim something."""
    assert claims(seeds, count)["any"] <= 0.05


def test_arms_that_know_other_images_are_not_called_better_on_images_like_these() -> None:
    found = claims(5, 3, unlike=0.4)
    assert found["any"] > 0.3  # on these images they do differ
    assert found["beyond"] <= 0.05
    assert 0.92 <= found["held"] <= 0.98


def test_ties_have_a_width_and_are_never_certain() -> None:
    rng = np.random.default_rng(0)
    second = rng.random((2, IMAGES)) < 0.8
    first = np.roll(second, 3, axis=1)
    first[:, :4] = True  # as many more in both seeds, nearly
    second[:, :4] = False
    pair = pair_of(first, second)
    (found,) = seed_differences([SeedPair(np.full(2, pair.differences.mean()), pair.by_image)])
    low, high = found.these_images
    assert found.spread == 0
    assert high - low > 0.02
    assert found.p_value > 0.05
    assert found.images_like_these is None
    assert found.word == "not resolved"


def test_networks_of_the_same_guesses_do_not_differ() -> None:
    hits = np.random.default_rng(1).random((3, IMAGES)) < 0.7
    for count in (1, 3):
        for found in seed_differences([pair_of(hits, hits)] * count):
            low, high = found.these_images
            assert found.mean == 0
            assert low < 0 < high
            assert found.p_value == found.adjusted == 1


def test_a_difference_of_many_points_is_found() -> None:
    draw = np.random.default_rng(2)
    chances = draw.beta(4, 1, IMAGES)
    hits = draw.random((2, 5, IMAGES)) < np.array([chances, 0.8 * chances])[:, None]
    (found,) = seed_differences([pair_of(*hits)])
    assert found.word == "better"
    (other,) = seed_differences([pair_of(hits[1], hits[0])])
    assert other.word == "worse"
    assert other.mean == -found.mean


def test_seeds_that_spread_more_than_mistakes_are_students() -> None:
    """One comparison of three seeds or more is the paired t-test, unless its seeds all but tie."""
    draw = np.random.default_rng(3)
    first, second = draw.random((2, 4, IMAGES)) < np.linspace(0.5, 0.9, 4)[None, :, None]
    pair = pair_of(first, np.roll(second, 1, axis=0))
    (found,) = seed_differences([pair])
    values = pair.differences
    half = student.ppf(0.975, 3) * values.std(ddof=1) / 2
    assert found.spread == pytest.approx(values.std(ddof=1))
    assert found.these_images == pytest.approx((values.mean() - half, values.mean() + half))
    assert found.images_like_these is not None
    low, high = found.images_like_these
    assert low <= found.these_images[0] < found.these_images[1] <= high


def test_a_wider_confidence_gives_wider_intervals() -> None:
    pairs = arms(np.random.default_rng(4), 3, 3)
    for narrow, wide in zip(
        seed_differences(pairs, confidence=0.5), seed_differences(pairs, confidence=0.99),
        strict=True,
    ):  # fmt: skip
        assert wide.these_images[0] < narrow.these_images[0] < narrow.these_images[1]


def test_one_seed_proves_nothing() -> None:
    with pytest.raises(ValueError, match=r"^differences have shape \(1,\) and those by image"):
        SeedPair(np.ones(1), np.ones((1, 5)))


def test_nobody_is_compared() -> None:
    assert seed_differences([]) == ()
