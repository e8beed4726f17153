"""What verdicts see, what others' procedures say of the same draws, and what is described beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from bars_of_claims import RESOLVED, Cell, Result, share_of, wrong
from made_up import KINDS, Study, World, draw, mixed
from numpy.typing import NDArray
from rivals import RIVALS

from thumblab.analysis import (
    averages,
    macro_f1_contributions,
    macro_f1_interval,
    recall_contributions,
)
from thumblab.verdict import describe, judge, unsupported_numbers

Array = NDArray[Any]

# ----- B7 -----


def differences_that_matter() -> Iterator[tuple[str, Cell]]:
    """B7: arms that differ by exactly what matters, in either direction."""
    for (images, matters), seeds, arms in product(
        ((1880, 0.02), (10_000, 0.005)), (3, 5, 10), (1, 3, 9)
    ):
        name = f"{images} images, matters {100 * matters:g} points, {seeds} seeds, {arms} arms"
        yield name, _matters(images, matters, seeds, arms)


def _matters(images: int, matters: float, seeds: int, arms: int) -> Cell:
    number = 500

    def cell(rng: np.random.Generator) -> Result:
        false = small = 0
        for turn in range(number):
            sign = 1 if turn % 2 else -1
            alike = mixed(arms, turn)
            study = draw(rng, World(images, alike, (), (0.0, *(sign * matters,) * arms)), seeds)
            found = judge(study.hits, matters=matters).comparisons
            false += any(each.word == "no difference that matters" for each in found)
            equal = draw(rng, World(images, alike), seeds)
            found = judge(equal.hits, matters=matters).comparisons
            small += sum(each.word == "no difference that matters" for each in found)
        return share_of(number, false, found_where_there_is_none=small / number / arms)

    return cell


# ----- B9 -----


def side_by_side() -> Iterator[tuple[str, Cell]]:
    """B9: one arm and the baseline; a verdict, and what rivals say of the same rows."""
    for (kind, shift), seeds in product(
        (("same", 0.0), ("far", 0.0), ("close", 0.01)), (2, 3, 5, 10)
    ):
        name = f"{kind}, {100 * shift:g} points better, {seeds} seeds"
        yield name, _beside(World(10_000, (KINDS[kind],), (), (0.0, shift)), seeds)


def _beside(world: World, seeds: int) -> Cell:
    number = 400

    def cell(rng: np.random.Generator) -> Result:
        up = dict.fromkeys(("this verdict", "this verdict, on these images", *RIVALS), 0)
        down = dict.fromkeys(up, 0)
        for _ in range(number):
            study = draw(rng, world, seeds)
            word = judge(study.hits).comparisons[0].word
            says = {
                "this verdict": {"better": 1, "worse": -1}.get(word, 0),
                "this verdict, on these images": (word in RESOLVED)
                * (1 if word.startswith("better") else -1),
            }
            rows = [each.mean(1) for each in study.hits.values()]
            says |= {name: rival(rng, rows[0], rows[1]) for name, rival in RIVALS.items()}
            for name, sign in says.items():
                up[name] += sign > 0
                down[name] += sign < 0
        result = {name: {"better": up[name] / number, "worse": down[name] / number} for name in up}
        return {"studies": number, "said": result}

    return cell


# ----- B10 -----


def one_point() -> Iterator[tuple[str, Cell]]:
    """B10: the setting of arXiv:2511.19794, one point more on 10,000 images with three seeds, or none."""
    for (shift, spread), kind in product(((0.01, 1.0), (0.0, 1.0), (0.01, 2.0), (0.0, 2.0)), KINDS):
        name = f"{kind}, {100 * shift:g} points better, spread {spread:g}"
        yield name, _resolved(World(10_000, (KINDS[kind],), (spread, spread), (0.0, shift)))


def _resolved(world: World) -> Cell:
    def cell(rng: np.random.Generator) -> Result:
        number = 500
        seen = these = false = 0
        for _ in range(number):
            study: Study = draw(rng, world, 3)
            found = judge(study.hits)
            word = found.comparisons[0].word
            seen += word == "better"
            these += word in ("better", "better on these images")
            false += wrong(found, study)
        result = {"better": seen / number, "better_on_these_images_at_least": these / number}
        return share_of(number, false, **result)

    return cell


# ----- B12 -----

CLASSES = 47


def rare_classes() -> Iterator[tuple[str, Cell]]:
    """B12: intervals of macro-F1, 47 classes, with their numbers of images given or drawn too."""
    for (images, skew), known, given in product(
        ((1880, 0.0), (940, 3.0), (940, 5.0), (141, 0.0)), (0.85, 0.97), (True, False)
    ):
        how = "given" if given else "drawn"
        yield (
            f"{images} images, skew {skew:g}, recall {known:g}, class sizes {how}",
            _macro_f1(images, skew, known, given),
        )


def _macro_f1(images: int, skew: float, known: float, given: bool) -> Cell:
    def cell(rng: np.random.Generator) -> Result:
        share = np.exp(-skew * np.arange(CLASSES) / CLASSES)
        share /= share.sum()
        recall = np.clip(rng.normal(known, 0.12 if known < 0.9 else 0.03, CLASSES), 0.2, 0.995)
        sizes = np.maximum(np.round(images * share), 3).astype(int)
        truth = _true_f1(sizes if given else share, recall)
        held, number = 0, 250
        for place in range(number):
            own = (
                np.repeat(np.arange(CLASSES), sizes)
                if given
                else rng.choice(CLASSES, images, p=share)
            )
            right = rng.random(len(own)) < recall[own]
            guesses = np.where(right, own, (own + rng.integers(1, 4, len(own))) % CLASSES)
            low, high = macro_f1_interval(guesses, own, resamples=600, seed=place)
            held += low <= truth <= high
        smallest = float(sizes.min() if given else images * share.min())
        return share_of(number, held, smallest_class=smallest, truth=truth)

    return cell


def _true_f1(sizes: Array, recall: Array) -> float:
    """Macro-F1 over endlessly many images."""
    missed = sizes * (1 - recall) / 3
    guessed = sizes * recall + sum(np.roll(missed, by) for by in (1, 2, 3))
    return float(np.mean(2 * sizes * recall / (sizes + guessed)))


def other_measures() -> Iterator[tuple[str, Cell]]:
    """B12, differences: of arms that know other images and are equally good on endlessly many."""
    for (measure, of), seeds in product(MEASURES.items(), (3, 5, 10)):
        yield f"{measure}, {seeds} seeds, 3 arms", _described(of, seeds)


Measure = Callable[[Array, Array, Array], tuple[float, Array]]
"""Of chances, guesses and labels: the score, and what each image adds to it."""
RARE = np.arange(36, CLASSES)


def _f1_of(chances: Array, guesses: Array, labels: Array) -> tuple[float, Array]:
    return averages(guesses, labels, "macro").f1, macro_f1_contributions(guesses, labels)


def _rare_of(chances: Array, guesses: Array, labels: Array) -> tuple[float, Array]:
    parts = recall_contributions(guesses, labels, RARE)
    return float(parts.sum()), parts


def _loss_of(chances: Array, guesses: Array, labels: Array) -> tuple[float, Array]:
    parts = -np.log(np.clip(chances, 1e-3, 1)) / len(labels)
    return float(parts.sum()), parts


MEASURES: dict[str, Measure] = {
    "macro-F1": _f1_of, "recall of the rarest quarter": _rare_of, "loss": _loss_of
}  # fmt: skip


def _described(of: Measure, seeds: int) -> Cell:
    def cell(rng: np.random.Generator) -> Result:
        share = np.exp(-3 * np.arange(CLASSES) / CLASSES)
        sizes = np.maximum(np.round(940 * share / share.sum()), 3).astype(int)
        labels, held, number = np.repeat(np.arange(CLASSES), sizes), [], 250
        for _ in range(number):
            study = draw(rng, World(len(labels), mixed(3)), seeds)
            scores, parts = {}, {}
            for arm, rows in study.hits.items():
                wrong_ones = (labels + rng.integers(1, 4, rows.shape)) % CLASSES
                guesses = np.where(rows, labels, wrong_ones)
                unsure = np.where(rows, rng.beta(6, 1, rows.shape), rng.beta(1, 6, rows.shape))
                each = [of(*both, labels) for both in zip(unsure, guesses, strict=True)]
                scores[arm] = np.array([score for score, _ in each])
                parts[arm] = np.array([part for _, part in each])
            spans = [one.images_like_these for one in describe(scores, parts)]
            held.append(np.mean([span[0] <= 0 <= span[1] for span in spans if span]))
        error = float(np.std(held, ddof=1)) / number**0.5
        return {"studies": number, "share": float(np.mean(held)), "error": error}

    return cell


# ----- B13 -----


def sentences() -> Iterator[tuple[str, Cell]]:
    """B13: numbers of sentences that are none of their values."""
    for against in ("baseline", "all pairs", "best"):
        yield f"against {against}", _sentences(against)


def _sentences(against: Any) -> Cell:
    def cell(rng: np.random.Generator) -> Result:
        number = strange = 0
        for turn in range(100):
            shift = (0.0, 0.0, 0.02, -0.03, 0.001)
            study = draw(rng, World(400, mixed(4, turn), (), shift), 1 + turn % 6)
            found = judge(study.hits, matters=(None, 0.01, 0.05)[turn % 3], against=against)
            for each in json.loads(json.dumps(found.to_json()))["comparisons"]:
                number += 1
                strange += len(unsupported_numbers(each))
        return {"sentences": number, "numbers_that_are_no_values": strange}

    return cell
