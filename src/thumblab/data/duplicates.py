"""Exact duplicates: samples with the same bytes."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from thumblab.data.dataset import Images


def twins(images: Images) -> NDArray[np.int64]:
    """A group number for each sample ``(n,)``: equal exactly where the samples are.

    Groups are numbered in the order in which they first appear, from 0.

    Example:
        >>> twins(np.array([[1.0], [2.0], [1.0]], np.float32)).tolist()
        [0, 1, 0]
    """
    numbers: dict[bytes, int] = {}
    contents = (np.ascontiguousarray(image) for image in images)
    return np.array(
        [
            numbers.setdefault(blake2b(image.data, digest_size=16).digest(), len(numbers))
            for image in contents
        ],
        np.int64,
    )


def leaked(images: Images, others: Images) -> int:
    """How many of ``others``, which a network is judged by, are among ``images``, which it sees before."""
    numbers = twins(np.concatenate([images, others]))
    return int(np.isin(numbers[len(images) :], numbers[: len(images)]).sum())
