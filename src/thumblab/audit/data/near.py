"""Images that are nearly the same in two parts of the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.formatting import percent
from thumblab.audit.rule import Observation, rule
from thumblab.audit.split_data import SplitData
from thumblab.audit.subject import Subject
from thumblab.core.random import stream

Array = NDArray[Any]

SIDE = 8
"""Pixels of a side of the small images by which candidates are found."""
CANDIDATES = 3
MOST_TESTED = 1_000
MOST_TRAINED = 100_000
AT_ONCE = 250
ALIKE = {1: 0.99, 3: 0.95}
"""Correlation of the pixels from which on two images are nearly the same, by their channels.

Two people's digits correlate by 0.95 as a matter of course; of Characters and EMNIST, no test image
correlates with a training image by 0.99.
"""
TOLERATED = 0.001


@rule(
    code="D02",
    severity="warning",
    title="Nearly the same images in training and test",
    trigger="More than 0.1 % of the test images correlate, pixel by pixel, with a training image by more "
    "than 0.95 (gray images: 0.99), copies not counted. At most 1,000 test images and 100,000 "
    "training images are looked at.",
    why="A crop, a re-saved file or the next frame of a film is known by heart as a copy is.",
    remedy="Look at the pairs, and leave them out of one part; for CIFAR there are the lists of ciFAIR.",
    source="Barz & Denzler 2020, arXiv:1902.00423 (3.3 % of CIFAR-10, 10 % of CIFAR-100).",
    needs_data=True,
)
def near_duplicates(subject: Subject) -> Iterator[Observation]:
    """Test images beside their likest training images."""
    for data in subject.split_data:
        if data.test is None or not data.is_pictures:
            continue
        tested, pairs = _pairs(data)
        if tested and len(pairs) > TOLERATED * tested:
            share = len(pairs) / tested
            yield Observation(
                data.name,
                f"{len(pairs):,} of {tested:,} test images that were looked at ({percent(share)}) are nearly "
                "those of a training image",
                {
                    "share": share,
                    "looked_at": tested,
                    "pairs": [
                        {"test_row": i, "train_row": j, "correlation": c} for i, j, c in pairs[:20]
                    ],
                },
            )


def _pairs(data: SplitData) -> tuple[int, list[tuple[int, int, float]]]:
    """How many test images were looked at; those that are nearly a training image's, likest first."""
    assert data.test is not None
    draw = stream(0, "audit")
    rows = np.flatnonzero(~data.trained_on(data.test))
    rows = np.sort(draw.permutation(rows)[:MOST_TESTED])
    others = np.sort(draw.permutation(len(data.train))[:MOST_TRAINED])
    tests, trained = data.test.images, data.train.images
    found = []
    small = _small(trained, others)
    for begin in range(0, len(rows), AT_ONCE):
        some = rows[begin : begin + AT_ONCE]
        near = _small(tests, some) @ small.T
        count = min(CANDIDATES, near.shape[1])
        best = np.argpartition(-near, count - 1, axis=1)[:, :count]
        for row, candidates in zip(some, others[best], strict=True):
            alike = _unit(trained[candidates]) @ _unit(tests[row : row + 1])[0]
            which = int(alike.argmax())
            found.append((int(row), int(candidates[which]), float(alike[which])))
    least = ALIKE[tests.shape[3]]
    return len(rows), sorted((p for p in found if p[2] > least), key=lambda p: -p[2])


def _small(images: Array, rows: Array) -> Array:
    """Images as few gray pixels, of mean 0 and length 1 ``(rows, pixels)``."""
    height, width = images.shape[1:3]
    cuts = [np.linspace(0, n, min(SIDE, n), endpoint=False).astype(int) for n in (height, width)]
    parts = [
        np.add.reduceat(
            np.add.reduceat(images[rows[at : at + 1024]].sum(3, np.float32), cuts[0], 1), cuts[1], 2
        )
        for at in range(0, len(rows), 1024)
    ]
    return _unit(np.concatenate(parts)) if parts else np.zeros((0, 1), np.float32)


def _unit(images: Array) -> Array:
    flat = images.reshape(len(images), -1).astype(np.float32)
    flat -= flat.mean(1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    unit: Array = flat / np.where(length > 0, length, 1)
    return unit
