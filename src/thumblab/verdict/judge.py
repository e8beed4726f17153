"""Which arms are better than the baseline, which are worse, and which the seeds cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from numpy.typing import NDArray

from thumblab.verdict.against import against_baseline, against_best, against_each_other
from thumblab.verdict.best import could_be_best
from thumblab.verdict.compared import Question
from thumblab.verdict.crossed import Crossed, crossed, crossed_scores
from thumblab.verdict.factors import Design, effects
from thumblab.verdict.given import check_design, check_hits, check_question, check_scores
from thumblab.verdict.given_arms import GivenArms, given_arms
from thumblab.verdict.looks import look_levels
from thumblab.verdict.verdict import Against, Looks, Verdict

Array = NDArray[Any]


def judge(
    hits: Mapping[str, Array],
    *,
    baseline: str | None = None,
    matters: float | None = None,
    level: float = 0.05,
    against: Literal["baseline", "all pairs", "best"] = "baseline",
    looks: Looks = (),
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
        against: What was declared: every arm with the baseline, every pair of arms, or every arm
            with the one that comes out best. For factorial studies see ``judge_factors``.
        looks: Numbers of seeds at which a look was declared, such as ``(3, 5, 8)``: each look has a
            part of the level (``look_levels``). With ``"any"`` seeds may be added one by one until
            something is resolved, which takes more of them. Without either the number of seeds was
            final before the first run.

    Raises:
        ValueError: If arrays are not bool or differ in shape, there are fewer than two arms, the
            baseline is not one of them, or there are more or fewer seeds than at any declared look.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> hits = {"plain": rng.random((5, 1000)) < 0.8, "wide": rng.random((5, 1000)) < 0.9}
        >>> judge(hits).arms["wide"].word
        'better'

    Source: see ``estimates`` and ``adjusted``.
    """
    check_hits(hits)
    first = check_question(hits, baseline, matters, level)
    arms = given_arms(hits, crossed, first)
    asked = question(arms.data.seeds, matters, level, looks)
    return _verdict(arms, asked, against, level, looks)


def judge_scores(
    scores: Mapping[str, Array],
    contributions: Mapping[str, Array],
    *,
    baseline: str | None = None,
    matters: float | None = None,
    level: float = 0.05,
    against: Literal["baseline", "all pairs", "best"] = "baseline",
    looks: Looks = (),
    design: Design | None = None,
) -> Verdict:
    """The same of any score that is made of images, such as macro-F1; one score a study is tested.

    Args:
        scores: float ``(seeds,)`` for each arm; more is better.
        contributions: float ``(seeds, images)`` for each arm: what each image adds to its score, such
            as ``analysis.macro_f1_contributions`` of each seed.
        baseline: As in ``judge``, like the arguments below.
        matters: In the units of the scores.
        level: Chance of a wrong word in the whole study.
        against: What was declared.
        looks: Numbers of seeds at which a look was declared.
        design: As in ``judge_factors``; with it the effects of factors are what is compared.

    Raises:
        ValueError: If scores and contributions do not fit, or are not finite; and as in ``judge``.
    """
    check_scores(scores, contributions)
    first = check_question(contributions, baseline, matters, level)

    def cross(arms: Mapping[str, Array]) -> Crossed:
        return crossed_scores({name: scores[name] for name in arms}, arms)

    if design is not None:
        check_design(contributions, design)
    arms = given_arms(contributions, cross, first, collapse=design is None)
    asked = question(arms.data.seeds, matters, level, looks)
    if design is not None:
        return _of_factors(arms, design, asked, level, looks)
    return _verdict(arms, asked, against, level, looks)


def judge_factors(
    hits: Mapping[str, Array],
    design: Design,
    *,
    baseline: str | None = None,
    matters: float | None = None,
    level: float = 0.05,
    looks: Looks = (),
) -> Verdict:
    """What the factors of a factorial study do, each alone and two of them together.

    A main effect is what a level of a factor adds to that of the baseline, in the mean over all
    combinations of the others; an interaction is what two levels add together beyond their sum. They
    are contrasts of each seed's differences, and are tested as comparisons of arms are.

    Args:
        hits: As in ``judge``; every arm needs its seeds.
        design: For each arm the level of each factor, as text: all combinations, each once.
        baseline: The arm with the levels that the others are measured from; the first one unless named.
        matters: As in ``judge``, like the arguments below.
        level: Chance of a wrong word in the whole study.
        looks: Numbers of seeds at which a look was declared.

    Raises:
        ValueError: As in ``judge``, and if the design lacks a combination or has one twice.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> design = {a + b: {"norm": a, "drop": b} for a in "01" for b in "01"}
        >>> hits = {arm: rng.random((5, 500)) < 0.6 + 0.2 * int(arm[0]) for arm in design}
        >>> for effect in judge_factors(hits, design).comparisons:
        ...     print(effect.arm, "against", effect.against, "is", effect.word)
        norm=1 against norm=0 is better
        drop=1 against drop=0 is not resolved
        norm=1 with drop=1 against the sum of both is not resolved
    """
    check_hits(hits)
    first = check_question(hits, baseline, matters, level)
    check_design(hits, design)
    arms = given_arms(hits, crossed, first, collapse=False)
    asked = question(arms.data.seeds, matters, level, looks)
    return _of_factors(arms, design, asked, level, looks)


def question(seeds: int, matters: float | None, level: float, looks: Looks) -> Question:
    """What is left of the level at this look.

    Raises:
        ValueError: If so many seeds are no look that was declared.
    """
    if looks == "any" or not looks:
        return Question(level, matters, any_time=looks == "any")
    levels = dict(zip(looks, look_levels(looks, level=level), strict=True))
    if seeds not in levels:
        raise ValueError(
            f"there are {seeds} seeds and looks were declared at {', '.join(map(str, looks))}; judge at "
            "one of these, for a look that was not declared finds more than was promised"
        )
    return Question(levels[seeds], matters)


def _verdict(
    arms: GivenArms, asked: Question, against: Against, level: float, looks: Looks
) -> Verdict:
    kinds = {"all pairs": against_each_other, "best": against_best, "baseline": against_baseline}
    if against not in kinds:
        raise ValueError(f"against is {against!r}; give one of {', '.join(map(repr, kinds))}")
    declared = kinds[against](arms, asked)
    best = could_be_best(arms.data, asked.level, any_time=asked.any_time)
    kept = dict(zip(arms.own, best, strict=True))
    return Verdict(
        each=tuple(
            replace(arms.arm(name), comparison=declared.of_arm.get(name)) for name in arms.names
        ),
        baseline=arms.baseline,
        against=against,
        comparisons=declared.comparisons,
        could_be_best=tuple(
            name for name in arms.names if name in arms.twins and kept[arms.twins[name]]
        ),
        level=level,
        level_here=asked.level,
        looks=looks if looks == "any" else tuple(looks),
        seeds=arms.data.seeds,
        images=arms.data.images,
        matters=asked.matters,
    )


def _of_factors(
    arms: GivenArms, design: Design, asked: Question, level: float, looks: Looks
) -> Verdict:
    found = _verdict(arms, asked, "baseline", level, looks)
    return replace(
        found,
        against="factors",
        comparisons=effects(arms, design, asked),
        each=tuple(replace(arm, comparison=None) for arm in found.each),
    )
