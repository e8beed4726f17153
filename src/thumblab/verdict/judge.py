"""Which arms are better than the baseline, which are worse, and which the seeds cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.verdict.best import contrasts_of, could_be_best
from thumblab.verdict.compared import Question, compared
from thumblab.verdict.comparison import Comparison
from thumblab.verdict.crossed import Crossed, crossed, crossed_scores
from thumblab.verdict.given import check_hits, check_question, check_scores
from thumblab.verdict.verdict import ArmVerdict, Verdict

Array = NDArray[Any]


def judge(
    hits: Mapping[str, Array],
    *,
    baseline: str | None = None,
    matters: float | None = None,
    level: float = 0.05,
) -> Verdict:
    """What may be said of some ways of training after a number of seeds each.

    A word is wrong about any of the arms with chance ``level`` at most. Seeds are paired: seed ``k``
    of an arm is compared with seed ``k`` of the baseline, image by image.

    Args:
        hits: Whether each image was got right, bool ``(seeds, images)`` for each arm, for the same
            seeds and images in the same order. A seed that diverged is a row of the hits that it has
            in fact; an arm of which no seed came to an end has shape ``(0, images)`` and counts as a
            comparison that was not resolved. With one seed nothing is resolved.
        baseline: The arm that the others are compared with; the first one unless named.
        matters: The difference that is worth having, as a fraction: 0.005 is half a point. With it an
            arm may be found to have no difference that matters.
        level: Chance of a wrong word in the whole study, in ``(0, 1)``.

    Raises:
        ValueError: If arrays are not bool or differ in shape, there are fewer than two arms, or the
            baseline is not one of them.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> hits = {"plain": rng.random((5, 1000)) < 0.8, "wide": rng.random((5, 1000)) < 0.9}
        >>> judge(hits).arms["wide"].word
        'better'

    Source: see ``estimates``; Holm 1979, *Scandinavian Journal of Statistics* 6, 65-70.
    """
    check_hits(hits)
    first = check_question(hits, baseline, matters, level)
    return _judged(hits, crossed, first, matters, level)


def judge_scores(
    scores: Mapping[str, Array],
    contributions: Mapping[str, Array],
    *,
    baseline: str | None = None,
    matters: float | None = None,
    level: float = 0.05,
) -> Verdict:
    """The same of any score that is made of images, such as macro-F1; one score a study is tested.

    Args:
        scores: float ``(seeds,)`` for each arm; more is better.
        contributions: float ``(seeds, images)`` for each arm: what each image adds to its score, such
            as ``analysis.macro_f1_contributions`` of each seed.
        baseline: As in ``judge``, like the arguments below.
        matters: In the units of the scores.
        level: Chance of a wrong word in the whole study.

    Raises:
        ValueError: If scores and contributions do not fit, or are not finite.
    """
    check_scores(scores, contributions)
    first = check_question(contributions, baseline, matters, level)

    def cross(arms: Mapping[str, Array]) -> Crossed:
        return crossed_scores({name: scores[name] for name in arms}, arms)

    return _judged(contributions, cross, first, matters, level)


def _judged(
    rows: Mapping[str, Array],
    cross: Callable[[Mapping[str, Array]], Crossed],
    first: str,
    matters: float | None,
    level: float,
) -> Verdict:
    twins = _twins(rows, first)
    own = [name for name, twin in twins.items() if name == twin]
    data = cross({name: rows[name] for name in own})
    others = [name for name in own if name != first]
    silent = [name for name in rows if name not in twins]
    asked = Question(level, matters, len(silent))
    made = _made(data, own, others, first, asked)
    blank = Comparison("", first, data.seeds, data.images, len(others + silent), level, matters)
    found = {name: replace(blank, arm=name) for name in silent} | {each.arm: each for each in made}
    for name, twin in twins.items():
        if name != twin:
            twin_found = found[twin] if twin != first else _equal(data, own, first, asked)
            found[name] = replace(twin_found, arm=name, same_as=twin)
    best = dict(zip(own, could_be_best(data, level), strict=True))
    scores = dict(zip(own, data.scores, strict=True))
    return Verdict(
        each=tuple(_arm(name, scores.get(twins.get(name, "")), found.get(name)) for name in rows),
        baseline=first,
        against="baseline",
        comparisons=tuple(found[name] for name in rows if name != first),
        could_be_best=tuple(name for name in rows if name in twins and best[twins[name]]),
        level=level,
        level_here=level,
        looks=(),
        seeds=data.seeds,
        images=data.images,
        matters=matters,
    )


def _twins(rows: Mapping[str, Array], first: str) -> dict[str, str]:
    """For each arm with seeds the first one with the same rows: the baseline, if that has them."""
    seen: dict[bytes, str] = {rows[first].tobytes(): first}
    return {name: seen.setdefault(each.tobytes(), name) for name, each in rows.items() if len(each)}


def _made(
    data: Crossed, own: list[str], others: list[str], first: str, asked: Question
) -> tuple[Comparison, ...]:
    pairs = [(name, first) for name in others]
    contrasts = contrasts_of([(own.index(a), own.index(b)) for a, b in pairs], len(own))
    if data.seeds > 1:
        return compared(data, pairs, contrasts, asked)
    apart = (contrasts @ data.scores)[:, 0].tolist()
    count = len(pairs) + asked.silent
    return tuple(
        Comparison(name, first, 1, data.images, count, asked.level, asked.matters, difference)
        for (name, _), difference in zip(pairs, apart, strict=True)
    )


def _equal(data: Crossed, own: list[str], first: str, asked: Question) -> Comparison:
    """Of an arm with the baseline's own hits, which is no comparison that counts."""
    if data.seeds < 2:
        return Comparison("", first, 1, data.images, 1, asked.level, asked.matters, 0.0)
    alone = Question(asked.level, asked.matters)
    return compared(data, [("", first)], np.zeros((1, len(own))), alone)[0]


def _arm(name: str, scores: Array | None, comparison: Comparison | None) -> ArmVerdict:
    if scores is None:
        return ArmVerdict(name, None, None, 0, (), comparison)
    several = len(scores) > 1
    return ArmVerdict(
        name=name,
        mean=float(scores.mean()),
        sd=float(scores.std(ddof=1)) if several else None,
        seeds=len(scores),
        scores=tuple(map(float, scores)),
        comparison=comparison,
    )
