from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.comparison import Array
from tests.analysis.conftest import random_case
from thumblab.analysis import accuracy, averages, bootstrap_interval, macro_f1_interval


def macro_f1(guesses: Array, labels: Array) -> float:
    return averages(guesses, labels, "macro").f1


CLASSES = 47


class World:
    """Classes of very different sizes, each with a chance of its own to be known."""

    def __init__(self, images: int, skew: float) -> None:
        draw = np.random.default_rng(3)
        share = np.exp(-skew * np.arange(CLASSES) / CLASSES)
        self.sizes = np.maximum(np.round(images * share / share.sum()), 1).astype(int)
        known = np.clip(draw.normal(0.85, 0.12, CLASSES), 0.2, 0.99)
        self.guessed = np.zeros((CLASSES, CLASSES))
        for each in range(CLASSES):
            self.guessed[each, each] = known[each]
            for other in (1, 2, 3):
                self.guessed[each, (each + other) % CLASSES] += (1 - known[each]) / 3

    @property
    def truth(self) -> float:
        """Macro-F1 over endlessly many images."""
        counts = self.sizes[:, None] * self.guessed
        both = counts.sum(1) + counts.sum(0)
        return float(np.mean(2 * np.diag(counts) / both))

    def sample(self, draw: np.random.Generator) -> tuple[Array, Array]:
        rows = [draw.multinomial(n, p) for n, p in zip(self.sizes, self.guessed, strict=True)]
        guesses = [np.repeat(np.arange(CLASSES), row) for row in rows]
        return np.concatenate(guesses), np.repeat(np.arange(CLASSES), self.sizes)


@pytest.mark.parametrize(
    ("images", "skew", "smallest"), [(1200, 4.0, 2), (940, 3.0, 3), (1880, 0.0, 40)]
)
def test_the_interval_covers_what_it_says(images: int, skew: float, smallest: int) -> None:
    """Of 120 samples; percentiles of images drawn from all cover 86 % where the rarest class has two."""
    world, draw = World(images, skew), np.random.default_rng(0)
    assert world.sizes.min() == smallest
    truth, held = world.truth, 0
    for _ in range(120):
        low, high = macro_f1_interval(*world.sample(draw), resamples=200)
        held += low <= truth <= high
    assert 0.9 <= held / 120 <= 0.992


def test_it_covers_where_the_sizes_of_classes_are_drawn_too() -> None:
    """Three images a class, more or fewer; images drawn within their class alone cover 76 %."""
    world, draw = World(141, 0.0), np.random.default_rng(1)
    held = 0
    for _ in range(100):
        own = np.sort(draw.integers(0, CLASSES, 141))
        guesses = [draw.choice(CLASSES, p=world.guessed[each]) for each in own]
        low, high = macro_f1_interval(np.array(guesses), own, resamples=200)
        held += low <= world.truth <= high
    assert 0.9 <= held / 100 <= 0.99


def test_classes_that_are_all_right_may_be_so_by_luck() -> None:
    labels = np.repeat(np.arange(10), 3)
    low, high = macro_f1_interval(labels, labels)
    assert low < 0.99
    assert high == 1


def test_the_score_lies_in_its_interval_which_is_repeatable() -> None:
    logits, labels = random_case(0, 200, 4)
    guesses = logits.argmax(1)
    low, high = macro_f1_interval(guesses, labels)
    assert low < macro_f1(guesses, labels) < high
    assert (low, high) == macro_f1_interval(guesses, labels)
    assert (low, high) != macro_f1_interval(guesses, labels, seed=1)


def test_counts_and_arrays_give_the_same_interval() -> None:
    """But for the luck of resampling, and the second way of drawing."""
    logits, labels = random_case(1, 400, 3)
    guesses = logits.argmax(1)
    by_arrays = bootstrap_interval(macro_f1, guesses, labels, resamples=300)
    assert macro_f1_interval(guesses, labels) == pytest.approx(by_arrays, abs=0.02)


def test_within_classes_an_accuracy_varies_as_its_classes_do() -> None:
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1], [300, 300])
    guesses = np.where(rng.random(600) < np.repeat([0.95, 0.3], 300), labels, 1 - labels)
    low, high = bootstrap_interval(accuracy, guesses, labels, resamples=600)
    known = [np.mean(guesses[labels == each] == each) for each in (0, 1)]
    spread = (sum(p * (1 - p) / 300 for p in known) / 4) ** 0.5
    assert (high - low) / 2 == pytest.approx(1.96 * spread, rel=0.12)
    assert (low + high) / 2 == pytest.approx(accuracy(guesses, labels), abs=0.005)


def test_what_cannot_vary_has_no_width() -> None:
    labels = np.array([0, 1, 2])
    for guesses, score in ((labels, 1.0), (np.array([1, 1, 2]), (0 + 2 / 3 + 1) / 3)):
        found = bootstrap_interval(macro_f1, guesses, labels, resamples=20)
        assert found == pytest.approx((score, score))


def test_lengths_have_to_fit() -> None:
    with pytest.raises(ValueError, match="one for each of at least one sample"):
        macro_f1_interval(np.zeros(2, int), np.zeros(3, int))
