"""What there is to know of a data set before a network is trained on it.

One pure function, ``check``, makes the frozen ``Check`` that ``thumblab data`` prints and the head
of ``thumblab train`` summarizes. It looks at exact bytes: pictures that were saved twice by another
program are not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.data.dataset import Dataset, Split
from thumblab.data.duplicates import numbered
from thumblab.data.flat import is_flat
from thumblab.data.reading import Reading, counted

SHOWN = 5
"""So many examples are named."""

RARE = 25
"""A class with less than this part of the most frequent one's samples is called rare."""

SHIFTED = 0.15
"""Parts whose class shares differ in sum by twice this, beyond chance, are called unlike."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Check:
    """Counts, sizes, duplicates and what is suspicious.

    Attributes:
        name: Of the data set.
        shape: Of a sample, ``(c, h, w)`` or ``(f,)``.
        counts: Samples of each class, by the name of the part: ``training``, ``validation``
            (where it has one of its own), ``test``.
        classes: Their names, in the order of ``counts``.
        repeated: Training samples that are there before, under the same label.
        contradictory: Pictures under more than one label, each with its files or places.
        leaked: Samples of ``validation`` and ``test`` that are training samples too.
        flat: Images of each part that are one color all over.
        guess: The class that is guessed without looking, the training part's most frequent.
        guess_accuracy: What share of the test part that has right; of the training part where
            there is no test part.
        reading: What the reader met: sizes, files passed over and skipped.
        warnings: What to think about before training, in sentences.
    """

    name: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    counts: dict[str, tuple[int, ...]]
    repeated: int
    contradictory: tuple[tuple[str, ...], ...]
    leaked: dict[str, int]
    flat: dict[str, int]
    guess: str
    guess_accuracy: float
    reading: Reading
    warnings: tuple[str, ...]

    @property
    def smallest(self) -> tuple[str, int]:
        """The class with the fewest training samples, and how many."""
        counts = self.counts["training"]
        return self.classes[int(np.argmin(counts))], min(counts)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        reading = self.reading
        return {
            "counts": {part: list(counts) for part, counts in self.counts.items()},
            "smallest_class": {"name": self.smallest[0], "images": self.smallest[1]},
            "guess": {"class": self.guess, "accuracy": self.guess_accuracy},
            "smallest_picture": _sides(reading.smallest),
            "largest_picture": _sides(reading.largest),
            "passed_over": dict(reading.passed_over),
            "skipped": list(reading.skipped),
            "repeated": self.repeated,
            "contradictory": [list(places) for places in self.contradictory],
            "leaked": self.leaked,
            "flat": self.flat,
            "suspicious": list(self.warnings),
        }


def check(dataset: Dataset) -> Check:
    """Looks at every sample of ``dataset``."""
    parts, k = dataset.parts, len(dataset.classes)
    counts = {name: np.bincount(part.labels, minlength=k) for name, part in parts.items()}
    images = len(dataset.shape) == 3
    flat = {name: int(is_flat(part.images).sum()) if images else 0 for name, part in parts.items()}
    seen = dataset.train.digests
    leaked = {
        name: int(np.isin(part.digests, seen).sum())
        for name, part in parts.items()
        if name != "training"
    }
    repeated, contradictory = _duplicates(dataset)
    most = int(np.argmax(counts["training"]))
    scored = counts.get("test", counts["training"])
    found = (
        *_of_duplicates(contradictory, leaked, parts, dataset.name),
        *_of_flat(flat, dataset.reading),
        *_of_frequencies(counts, dataset.classes),
    )
    return Check(
        dataset.name,
        dataset.shape,
        dataset.classes,
        {name: tuple(map(int, each)) for name, each in counts.items()},
        repeated,
        contradictory,
        leaked,
        flat,
        dataset.classes[most],
        float(scored[most] / max(scored.sum(), 1)),
        dataset.reading,
        found,
    )


def _sides(sides: tuple[int, int] | None) -> list[int] | None:
    return None if sides is None else list(sides)


def _duplicates(dataset: Dataset) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """Training samples that repeat one of their own class, and places of those under two labels."""
    names, parts = list(dataset.parts), list(dataset.parts.values())
    groups = numbered(np.concatenate([part.digests for part in parts]))
    labels = np.concatenate([part.labels for part in parts])
    train = len(dataset.train)
    pairs = np.unique(np.stack([groups[:train], labels[:train]], 1), axis=0)
    both = np.unique(np.stack([groups, labels], 1), axis=0)
    numbers, kinds = np.unique(both[:, 0], return_counts=True)
    torn = numbers[kinds > 1]
    rows = np.flatnonzero(np.isin(groups, torn))
    places: dict[int, dict[int, str]] = {}
    starts = np.cumsum([0, *map(len, parts)])
    for row in rows:
        part = int(np.searchsorted(starts, row, "right")) - 1
        at, label = int(row - starts[part]), int(labels[row])
        files = dataset.reading.files.get(names[part], ())
        place = files[at] if files else f"{names[part]} {at}"
        text = f"{place} ({dataset.classes[label]})"
        places.setdefault(int(groups[row]), {}).setdefault(label, text)
    return train - len(pairs), tuple(tuple(by_label.values()) for by_label in places.values())


def _of_duplicates(
    contradictory: tuple[tuple[str, ...], ...],
    leaked: dict[str, int],
    parts: dict[str, Split],
    dataset_name: str,
) -> list[str]:
    values = []
    if contradictory:
        some = "; ".join(" and ".join(places) for places in contradictory[:SHOWN])
        values.append(
            f"{counted(len(contradictory), 'picture')} under two labels or more, so that at least one is "
            f"wrong: {some}" + (" and others" if len(contradictory) > SHOWN else "")
        )
    for name, count in leaked.items():
        if count:
            values.append(
                f"{count:,} of {len(parts[name]):,} {name} pictures in {dataset_name} are training pictures "
                f"too; the {name} accuracy says too much"
            )
    return values


def _of_flat(flat: dict[str, int], reading: Reading) -> list[str]:
    """Nothing where the reader has named the files already."""
    found = [counted(count, f"{name} image") for name, count in flat.items() if count]
    if not found or reading.files:
        return []
    return [f"{' and '.join(found)} of one color all over, from which nothing can be told"]


def _of_frequencies(counts: dict[str, Array], classes: tuple[str, ...]) -> list[str]:
    values, train = [], counts["training"]
    most = int(np.argmax(train))
    rare = np.flatnonzero((train > 0) & (train * RARE < train[most]))
    if len(rare):
        rare = rare[np.argsort(train[rare], kind="stable")]
        some = ", ".join(f"{classes[i]} {train[i]:,}" for i in rare[: 2 * SHOWN])
        values.append(
            f"{len(rare)} of {len(classes)} classes are rare: {some}"
            + (" and others" if len(rare) > 2 * SHOWN else "")
            + f", against {classes[most]} with {train[most]:,}; overall accuracy says little of them, "
            "and their frequency may come from how the data were collected"
        )
    for name, other in counts.items():
        if not other.sum():
            continue
        if absent := [classes[i] for i in np.flatnonzero(other == 0)]:
            some = ", ".join(absent[:SHOWN]) + (" and others" if len(absent) > SHOWN else "")
            values.append(f"the {name} part lacks {len(absent)} of {len(classes)} classes: {some}")
        if name == "training":
            continue
        if other.sum() > train.sum():
            values.append(
                f"the {name} part is larger than the training part: {other.sum():,} samples"
            )
        values += _of_shift(name, train / max(train.sum(), 1), other, classes)
    return values


def _of_shift(name: str, shares: Array, other: Array, classes: tuple[str, ...]) -> list[str]:
    """What is to be said where classes are differently frequent in another part."""
    difference = other / other.sum() - shares
    distance = np.abs(difference).sum() / 2
    by_chance = np.sqrt(len(classes) / other.sum()) / 2
    if distance <= SHIFTED + by_chance:
        return []
    worst = int(np.argmax(np.abs(difference)))
    here, there = 100 * shares[worst], 100 * (shares[worst] + difference[worst])
    return [
        f"classes are differently frequent in the training and the {name} part: {classes[worst]} makes "
        f"{here:.1f} % of one and {there:.1f} % of the other"
    ]
