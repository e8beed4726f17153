"""How often verdicts are wrong where the truth is known: false words and intervals that miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from made_up import KINDS, Study, World, draw, mixed, real, standard_error
from numpy.typing import NDArray

from thumblab.verdict import Comparison, Verdict, judge, look_levels

Array = NDArray[Any]
Result = dict[str, Any]
Cell = Callable[[np.random.Generator], Result]
RESOLVED = ("better", "worse", "better on these images", "worse on these images")


def false_word(found: Comparison, truth: float) -> bool:
    """Whether a word is wrong of an arm that is as good as the baseline on endlessly many images.

    On these images it may be better or worse, by ``truth``; an arm that is called so the wrong way round, or
    although it is neither, is called so wrongly.
    """
    if found.word in ("better", "worse"):
        return True
    if found.word in RESOLVED:
        return truth == 0 or (truth > 0) != found.word.startswith("better")
    return False


def wrong(found: Verdict, study: Study) -> bool:
    """Whether a study says anything wrong."""
    return any(false_word(each, study.truth[each.arm]) for each in found.comparisons)


def share_of(number: int, wrong_ones: int, **more: Any) -> Result:
    share = wrong_ones / number
    return {"studies": number, "share": share, "error": standard_error(share, number), **more}


# ----- B1 -----


def whole_studies() -> Iterator[tuple[str, Cell]]:
    """B1: a third of the arms same, close and far."""
    for images, seeds, arms in product((188, 940, 1880, 10_000), (2, 3, 5, 10), (1, 3, 12)):
        yield f"{images} images, {seeds} seeds, {arms} arms", _whole(images, seeds, arms)


def _whole(images: int, seeds: int, arms: int) -> Cell:
    def cell(rng: np.random.Generator) -> Result:
        false = 0
        for turn in range(2000):
            study = draw(rng, World(images, mixed(arms, turn)), seeds)
            false += wrong(judge(study.hits), study)
        return share_of(2000, false)

    return cell


# ----- B2 and B3 -----


def coverage() -> Iterator[tuple[str, Cell]]:
    """B2 and B3: whole families of one kind."""
    for kind, seeds, arms in product(KINDS, (2, 3, 5, 10, 20), (1, 3, 9)):
        yield f"{kind}, 1880 images, {seeds} seeds, {arms} arms", _covers(kind, 1880, seeds, arms)
    for seeds in (2, 3, 10, 20):
        yield f"far, 10000 images, {seeds} seeds, 9 arms", _covers("far", 10_000, seeds, 9)


def _covers(kind: str, images: int, seeds: int, arms: int) -> Cell:
    number = {1: 1000, 3: 600, 9: 300}[arms]

    def cell(rng: np.random.Generator) -> Result:
        held: dict[str, list[float]] = {"these_images": [], "images_like_these": []}
        for _ in range(number):
            study = draw(rng, World(images, (KINDS[kind],) * arms), seeds)
            found = judge(study.hits).comparisons
            for name, each in held.items():
                spans = [(getattr(one, name), one.arm) for one in found]
                truths = {
                    arm: t if name == "these_images" else 0.0 for arm, t in study.truth.items()
                }
                inside = [s[0] <= truths[arm] <= s[1] for s, arm in spans if s is not None]
                each += [float(np.mean(inside))] if inside else []
        return {"studies": number} | {name: _mean(each) for name, each in held.items()}

    return cell


def _mean(values: list[float]) -> Result | None:
    """Of shares, one a study, so that the error knows that arms of one study hang together."""
    if not values:
        return None
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    return {"share": float(np.mean(values)), "error": error}


# ----- B4 and B5 -----


def unlike_arms() -> Iterator[tuple[str, Cell]]:
    """B4 and B5: half the arms are 4 standard deviations better, spreads differ, seeds collapse."""
    for (arms, seeds), unlike in product(((3, 3), (9, 3), (16, 3), (16, 5)), (0.0, 0.5, 1.0)):
        yield f"{arms} arms, {seeds} seeds, spreads {unlike:g}", _unlike(arms, seeds, unlike, 0.0)
    for arms, seeds in ((9, 3), (16, 3), (16, 5)):
        yield f"{arms} arms, {seeds} seeds, collapsing", _unlike(arms, seeds, 0.0, 0.03)


def _unlike(arms: int, seeds: int, unlike: float, collapsing: float) -> Cell:
    usual = 4.0  # times the spread of independent mistakes, in the middle
    number = 800

    def cell(rng: np.random.Generator) -> Result:
        false = seen = better = 0
        for _ in range(number):
            own = np.exp(2 * unlike * rng.standard_normal(arms))
            spread = (usual, *np.maximum(usual * own, 1.0))
            effect = 4 * (2 * usual * 0.03 / 1880) ** 0.5
            shift = tuple(
                effect if place <= arms // 2 and place else 0.0 for place in range(arms + 1)
            )
            world = World(1880, (1.0,) * arms, spread, shift, collapsing)
            study = draw(rng, world, seeds)
            claimed = [each.word for each in judge(study.hits).comparisons]
            false += any(word in RESOLVED for word in claimed[arms // 2 :])
            seen += sum(word.startswith("better") for word in claimed[: arms // 2])
            better += sum(word == "better" for word in claimed[: arms // 2])
        tried = number * (arms // 2)
        return share_of(
            number, false, power=seen / tried, power_on_images_like_these=better / tried
        )

    return cell


# ----- B6 -----

LOOKS: tuple[Any, ...] = ((3, 5, 8), (3, 5, 8, 12), (3, 5, 8, 12, 20), (5, 10, 20), "any")


def adding_seeds() -> Iterator[tuple[str, Cell]]:
    """B6: looking until something is resolved, arms the same on every image."""
    for looks, arms in product(LOOKS, (1, 3, 9)):
        name = looks if looks == "any" else ", ".join(map(str, looks))
        yield f"looks {name}, {arms} arms", _looking(looks, arms)
    yield "refused at a look that was not declared", _refused


def _looking(looks: Any, arms: int) -> Cell:
    at = range(3, 21) if looks == "any" else looks
    number = 300 if looks == "any" else 1000

    def cell(rng: np.random.Generator) -> Result:
        false = 0
        for _ in range(number):
            study = draw(rng, World(940, (1.0,) * arms), at[-1])
            for seeds in at:
                so_far = {name: rows[:seeds] for name, rows in study.hits.items()}
                if wrong(judge(so_far, looks=looks), study):
                    false += 1
                    break
        levels = None if looks == "any" else look_levels(looks)[0]
        return share_of(number, false, level=levels)

    return cell


def _refused(rng: np.random.Generator) -> Result:
    study = draw(rng, World(940, (1.0,)), 6)
    try:
        judge(study.hits, looks=(3, 5, 8))
    except ValueError as error:
        return {"refused": True, "message": str(error)}
    return {"refused": False}


# ----- B8 -----


def real_networks() -> Iterator[tuple[str, Cell]]:
    """B8: 12 seeds of one real arm dealt to a baseline and three arms; of 4 arms by turns."""
    yield "48 networks, 3 seeds, 3 arms", _dealt


def _dealt(rng: np.random.Generator) -> Result:
    from scipy.stats import t

    arms, false = list(real().values()), 0
    ratios = []
    for turn in range(1200):
        rows = arms[turn % 4][rng.permutation(12)].reshape(4, 3, -1)
        found = judge(dict(zip("abcd", rows, strict=True)))
        false += any(each.word != "not resolved" for each in found.comparisons)
        for each in found.comparisons:
            low, high = each.these_images or (0.0, 0.0)
            half = float(t.ppf(0.975, 2)) * (each.sd or 0.0) / 3**0.5
            ratios.append(((high - low) / 2, half))
    ours, students = np.array(ratios).mean(0).tolist()
    return share_of(1200, false, half_width=ours, students_half_width=students)
