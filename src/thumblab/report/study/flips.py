"""Images that an arm gets right in most seeds and the baseline does not, or the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.report.mosaic import Mosaic
from thumblab.report.study.shown import StudyPage

Array = NDArray[Any]

SHOWN = 12
"""Images of each arm and way that are shown."""


@dataclass(frozen=True)
class Flip:
    """An image on which two arms differ.

    Attributes:
        image: Its index.
        column: Where it lies in the page's one picture; 0 if there is none.
        row: Likewise.
        truth: Its class; empty if not known.
        file: Its file, or empty.
        own: Seeds of the arm that are right.
        other: Seeds of the baseline that are right.
        seeds: Seeds of the arm.
        other_seeds: Seeds of the baseline.
    """

    image: int
    column: int
    row: int
    truth: str
    file: str
    own: int
    other: int
    seeds: int
    other_seeds: int


@dataclass(frozen=True)
class ArmFlips:
    """Where an arm differs from the baseline: how often, and the clearest images."""

    name: str
    gained: int
    lost: int
    gains: list[Flip]
    losses: list[Flip]


@dataclass(frozen=True)
class Flips:
    """Of all arms; ``mosaic`` has the images, if there are any."""

    arms: list[ArmFlips]
    mosaic: Mosaic | None


def flips(what: StudyPage) -> Flips:
    """Of every arm with hits, against the baseline of the page."""
    first = what.hits.get(what.baseline.name)
    if first is None or not len(first):
        return Flips([], None)
    found = []
    for arm in what.arms:
        own = what.hits.get(arm.name)
        if arm is what.baseline or own is None or not len(own) or own.shape[1] != first.shape[1]:
            continue
        gained, lost = _ways(own, first)
        if len(gained) or len(lost):
            found.append((arm.name, own, gained, lost))
    wanted = [rows[:SHOWN] for _, _, gained, lost in found for rows in (gained, lost)]
    shown = np.unique(np.concatenate(wanted)) if wanted else np.zeros(0, np.int64)
    mosaic = None
    if what.images is not None and what.images.ndim == 4 and len(shown):
        mosaic = Mosaic(what.images[shown])
    place = {int(image): at for at, image in enumerate(shown)}
    columns = mosaic.columns if mosaic else 1

    def listed(own: Array, rows: Array) -> list[Flip]:
        return [
            Flip(
                image=int(image),
                column=place[int(image)] % columns,
                row=place[int(image)] // columns,
                truth=_truth(what, int(image)),
                file=what.files[image] if what.files else "",
                own=int(own[:, image].sum()),
                other=int(first[:, image].sum()),
                seeds=len(own),
                other_seeds=len(first),
            )
            for image in rows[:SHOWN]
        ]

    arms = [
        ArmFlips(name, len(gained), len(lost), listed(own, gained), listed(own, lost))
        for name, own, gained, lost in found
    ]
    return Flips(arms, mosaic)


def _ways(own: Array, first: Array) -> tuple[Array, Array]:
    """Images gained and lost, the largest difference of shares first."""
    mine, theirs = own.mean(0), first.mean(0)
    order = np.argsort(-np.abs(mine - theirs), kind="stable")
    gained = order[((mine > 0.5) & (theirs < 0.5))[order]]
    lost = order[((mine < 0.5) & (theirs > 0.5))[order]]
    return gained, lost


def _truth(what: StudyPage, image: int) -> str:
    if what.labels is None:
        return ""
    label = int(what.labels[image])
    return what.classes[label] if label < len(what.classes) else str(label)
