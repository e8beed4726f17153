"""Whether a search for settings and the comparison that follows share their luck."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thumblab.audit.formatting import points, some
from thumblab.audit.luck import expected_maximum
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject


@rule(
    code="S06",
    severity="warning",
    title="Winner's curse",
    trigger="An arm's settings were chosen among several trials by the images, and with the seeds, that "
    "now compare it.",
    why="The winner of a search was lucky with the images and seeds that chose it, and they are asked "
    "again.",
    remedy="Compare with seeds that the search has not used, or on images that it has not seen.",
    source="Dodge et al. 2019, arXiv:1909.03004; Cawley & Talbot 2010, JMLR 11.",
)
def winners_curse(subject: Subject) -> Iterator[Observation]:
    """Arms that a search chose on the part, and with seeds, that the study compares with."""
    search = subject.declared.search
    if search is None or search.part != subject.declared.part:
        return
    for name, own in subject.examined.items():
        count = search.trials.get(name, 0)
        again = sorted(set(search.seeds) & {each.experiment.seed for each in own})
        if count < 2 or not again:
            continue
        hits = [each.hits(search.part) for each in own]
        scores = [float(each.mean()) for each in hits if each is not None]
        spread = float(np.std(scores, ddof=1)) if len(scores) > 1 else None
        luck = None if spread is None else spread * expected_maximum(count)
        luck_text = (
            "" if luck is None else f"; the best of {count} equals stands out by {points(luck)}"
        )
        yield Observation(
            name,
            f"{name!r} was chosen among {count} trials by the {search.part} images that compare it, with "
            f"seeds {some(again)}{luck_text}",
            {"trials": count, "seeds": again, "spread": spread, "expected_luck": luck},
        )


@rule(
    code="S07",
    severity="warning",
    title="Tuned on a seed of the comparison",
    trigger="A search, or the choice of a learning rate, trained with a seed that is compared.",
    why="Settings chosen with a seed fit its first weights and its order of images; on fresh seeds "
    "they are a little worse.",
    remedy="Compare with seeds that no choice has used.",
    source="Our own comparison of losses for rare classes, which chose rates with seed 0 and compared "
    "seeds 0 to 2; Bouthillier et al. 2021, arXiv:2103.03098.",
)
def tuned_on_a_seed(subject: Subject) -> Iterator[Observation]:
    """Seeds that a search and the comparison have in common."""
    search = subject.declared.search
    seeds = {each.experiment.seed for each in subject.runs}
    again = sorted(seeds & set(search.seeds)) if search is not None else []
    if again:
        yield Observation(
            "study",
            f"the search trained with seeds {some(again)}, which are compared",
            {"seeds": again, "compared": sorted(seeds)},
        )
