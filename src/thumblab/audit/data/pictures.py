"""How images lie and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.formatting import percent
from thumblab.audit.rule import Observation, rule
from thumblab.audit.split_data import SplitData
from thumblab.audit.subject import Subject
from thumblab.data import Split

Array = NDArray[Any]

GAIN = 0.1
"""By so much the mean images have to correlate better, before test images are said to lie otherwise."""
UNLIKE = 0.5
RELIABLE = 0.8
SHIFTS = (-4, -2, 2, 4)
REPEATED = 0.01

CHANGES: dict[str, Callable[[Array], Array]] = {
    "as they are": lambda a: a,
    "transposed": lambda a: a.swapaxes(1, 2),
    "upside down": lambda a: a[:, ::-1],
    "mirrored": lambda a: a[:, :, ::-1],
    "turned by 180 degrees": lambda a: a[:, ::-1, ::-1],
    "turned to the left": lambda a: np.rot90(a, 1, (1, 2)),
    "turned to the right": lambda a: np.rot90(a, -1, (1, 2)),
    "inverted": lambda a: -a,
}


@rule(
    code="D12",
    severity="warning",
    title="Test images that lie otherwise",
    trigger="The mean image of each class in the test part is more like that of the training part (by 0.1 "
    "in correlation) once it is transposed, mirrored, turned, inverted or shifted; or the two "
    "correlate by less than 0.5 where so many training images correlate by more than 0.8.",
    why="A network that has learned upright characters is tested on lying ones.",
    remedy="Look at both parts (`thumblab data --sheet`), and read both in the same way.",
    source="torchvision issue 8783 (EMNIST is stored transposed).",
    needs_data=True,
)
def lie_otherwise(subject: Subject) -> Iterator[Observation]:
    """Mean images of the classes, training beside test."""
    for data in subject.split_data:
        if data.test is None or not data.is_pictures or not len(data.test):
            continue
        found = _likeness(data, data.test)
        best = max(found, key=lambda name: found[name])
        plain = found["as they are"]
        turned = found[best] > plain + GAIN
        if turned or (plain < UNLIKE and _likeness(data, _as_many(data))["as they are"] > RELIABLE):
            turned_text = f", and {best} by {found[best]:.2f}" if turned else ""
            yield Observation(
                data.name,
                f"mean images of the classes in training and test correlate by {plain:.2f}{turned_text}",
                {"correlations": found, "best": best},
            )


def _as_many(data: SplitData) -> Split:
    """As many training images as there are test images, spread over the part."""
    assert data.test is not None
    step = max(1, len(data.train) // len(data.test))
    return data.train.take(np.arange(0, len(data.train), step)[: len(data.test)])


def _likeness(data: SplitData, part: Split) -> dict[str, float]:
    """Correlation of the classes' mean images with those of the training part, by what is done to them."""
    here = (data.counts(part) > 0) & (data.counts(data.train) > 0)
    classes = np.flatnonzero(here)
    own, other = _means(data.train, classes), _means(part, classes)
    found = {}
    for name, change in CHANGES.items():
        changed = change(other)
        if changed.shape == own.shape:
            found[name] = _correlation(own, changed)
    for axis, way in ((1, "down"), (2, "to the right")):
        for shift in SHIFTS:
            moved = _correlation(own, np.roll(other, shift, axis))
            found[f"moved by {shift} pixels {way}"] = moved
    return found


def _means(part: Split, classes: Array) -> Array:
    """Mean gray image of each class ``(classes, height, width)``."""
    rows = [np.flatnonzero(part.labels == label)[:1000] for label in classes]
    return np.stack([part.images[each].mean((0, 3), dtype=np.float64) for each in rows])


def _correlation(one: Array, other: Array) -> float:
    one, other = (each - each.mean((1, 2), keepdims=True) for each in (one, other))
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum() / size) if size else 1.0


@rule(
    code="D13",
    severity="warning",
    title="Empty or repeated images",
    trigger="Images are one color all over, or one image makes more than 1 % of the training part.",
    why="Nothing can be learned from an empty image, and one that is repeated counts as many times.",
    remedy="Look for files that were read wrongly, and leave them out.",
    source="Breck et al. 2019, 'Data Validation for Machine Learning'.",
    needs_data=True,
)
def empty_images(subject: Subject) -> Iterator[Observation]:
    """Each data set; what is trained on for repetitions."""
    seen: set[str] = set()
    for data in subject.split_data:
        flat = {part: count for part, count in data.checked.flat.items() if count}
        if flat and data.dataset.fingerprint not in seen:
            seen.add(data.dataset.fingerprint)
            flat_text = ", ".join(f"{count:,} {part} images" for part, count in flat.items())
            yield Observation(data.name, f"{flat_text} are one color all over", {"flat": flat})
        _, counts = np.unique(data.train.digests, return_counts=True)
        share = float(counts.max() / len(data.train))
        if counts.max() > 1 and share > REPEATED:
            yield Observation(
                data.name,
                f"one image is there {counts.max():,} times, {percent(share)} of the training part",
                {"times": int(counts.max()), "share": share},
            )
