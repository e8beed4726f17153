"""Whether differences between arms stand out of noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thumblab.analysis import SeedDifference, SeedPair, seed_differences
from thumblab.audit.paired import Paired, paired
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.audit.words import percent, points

NORMAL = 1.96


def differences(subject: Subject) -> list[tuple[Paired, SeedDifference]]:
    """Arms of two seeds or more, against the baseline."""
    pairs = [pair for pair in paired(subject) if len(pair.first) > 1 and len(pair.labels) > 1]
    if not pairs:
        return []
    told = seed_differences(
        [SeedPair(pair.by_image.mean(1), pair.by_image / pair.by_image.shape[1]) for pair in pairs]
    )
    return list(zip(pairs, told, strict=True))


@rule(
    code="C06",
    severity="warning",
    title="A difference within noise",
    trigger="The mean difference of two arms is smaller than the half width of its interval. Silent where "
    "the interval lies within what the study says does not matter.",
    why="Other seeds, or other images, would as soon turn it round.",
    remedy="Claim no difference, or train more seeds.",
    source="Report R4: +0.12 points, 12 images of 10,000.",
)
def within_noise(subject: Subject) -> Iterator[Observation]:
    """Each arm against the baseline."""
    matters = subject.declared.matters
    for pair, told in differences(subject):
        low, high = told.images_like_these or told.these_images
        shown = matters is not None and -matters < low <= high < matters
        if low < 0 < high and not shown:
            yield _noise(pair, (high - low) / 2, len(pair.first))
    for pair in paired(subject):
        if len(pair.first) == 1:
            each = pair.by_image[0]
            half = NORMAL * float(each.std()) / len(each) ** 0.5
            if abs(pair.difference) <= half:
                yield _noise(pair, half, 1)


def _noise(pair: Paired, half: float, seeds: int) -> Observation:
    return Observation(
        pair.said,
        f"{points(pair.difference)} on {len(pair.labels):,} {pair.part} images over {seeds} seeds; no less "
        f"than {percent(half)} could be told from 0",
        {
            "difference": pair.difference,
            "smallest_visible": half,
            "seeds": seeds,
            "part": pair.part,
        },
    )


@rule(
    code="C07",
    severity="warning",
    title="The images decide",
    trigger="A difference stands out of the seeds' noise on these images, but not for images like these.",
    why="With many seeds the noise of training vanishes and that of the choice of images stays: on "
    "other images the difference may be gone.",
    remedy="Say that it holds for these images, or compare on a larger part.",
    source="Gallas 2006, doi:10.1016/j.acra.2005.11.030; Recht et al. 2019, arXiv:1902.10811.",
)
def images_decide(subject: Subject) -> Iterator[Observation]:
    """Each arm against the baseline."""
    for pair, told in differences(subject):
        beyond = told.images_like_these
        these = told.these_images
        if beyond is None or these[0] <= 0 <= these[1] or not beyond[0] <= 0 <= beyond[1]:
            continue
        yield Observation(
            pair.said,
            f"{points(told.mean)}: {points(these[0])} to {points(these[1])} on these "
            f"{len(pair.labels):,} images, {points(beyond[0])} to {points(beyond[1])} on images like these",
            {
                "difference": told.mean,
                "these_images": list(these),
                "images_like_these": list(beyond),
                "images": int(np.size(pair.labels)),
            },
        )
