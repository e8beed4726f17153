"""Whether differences between arms stand out of noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent, points
from thumblab.audit.paired import Array, Paired, paired
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.verdict import judge

NORMAL = 1.96


@dataclass(frozen=True)
class Resolved:
    """What the seeds say of an arm and the baseline.

    Attributes:
        label: The two arms.
        images: How many they are compared on.
        seeds: How many.
        difference: Mean accuracy of the arm less that of the baseline.
        these: Its interval on these images.
        beyond: Its interval on images like these; None where the seeds cannot tell it.
    """

    label: str
    images: int
    seeds: int
    difference: float
    these: tuple[float, float]
    beyond: tuple[float, float] | None


def differences(subject: Subject) -> tuple[Resolved, ...]:
    """Arms against the baseline, over the seeds that all have; with fewer than two there is nothing."""
    return subject.remember("differences", lambda: tuple(_differences(subject)))


def _differences(subject: Subject) -> Iterator[Resolved]:
    pairs = list(paired(subject))
    seeds = [{each.experiment.seed for each in pair.first} for pair in pairs]
    shared = sorted(set.intersection(*seeds)) if seeds else []
    if len(shared) < 2 or any(len(pair.labels) != len(pairs[0].labels) for pair in pairs):
        return
    hits = {pairs[0].names[0]: _hits(pairs[0], pairs[0].first, shared)}
    hits |= {pair.names[1]: _hits(pair, pair.second, shared) for pair in pairs}
    found = judge(hits, baseline=pairs[0].names[0])
    for pair in pairs:
        arm = found.arms[pair.names[1]]
        if arm.difference is not None and arm.these_images is not None:
            yield Resolved(
                pair.label,
                len(pair.labels),
                len(shared),
                arm.difference,
                arm.these_images,
                arm.images_like_these,
            )


def _hits(pair: Paired, side: tuple[Examined, ...], seeds: list[int]) -> Array:
    kept = tuple(each for each in side if each.experiment.seed in seeds)
    rows: Array = pair.guesses(kept) == pair.labels
    return rows


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
    for resolved in differences(subject):
        low, high = resolved.beyond or resolved.these
        shown = matters is not None and -matters < low <= high < matters
        if low < 0 < high and not shown:
            yield _noise(
                resolved.label,
                resolved.difference,
                (high - low) / 2,
                resolved.images,
                resolved.seeds,
            )
    for pair in paired(subject):
        if len(pair.first) == 1:
            each = pair.by_image[0]
            half = NORMAL * float(each.std()) / len(each) ** 0.5
            if abs(pair.difference) <= half:
                yield _noise(pair.label, pair.difference, half, len(each), 1)


def _noise(label: str, difference: float, half: float, images: int, seeds: int) -> Observation:
    return Observation(
        label,
        f"{points(difference)} on {images:,} images over {seeds} seeds; no less than {percent(half)} could "
        "be resolved from 0",
        {"difference": difference, "smallest_visible": half, "seeds": seeds, "images": images},
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
    for resolved in differences(subject):
        these, beyond = resolved.these, resolved.beyond
        if beyond is None or these[0] <= 0 <= these[1] or not beyond[0] <= 0 <= beyond[1]:
            continue
        yield Observation(
            resolved.label,
            f"{points(resolved.difference)}: {points(these[0])} to {points(these[1])} on these "
            f"{resolved.images:,} images, {points(beyond[0])} to {points(beyond[1])} on images like these",
            {
                "difference": resolved.difference,
                "these_images": list(these),
                "images_like_these": list(beyond),
                "images": resolved.images,
            },
        )
