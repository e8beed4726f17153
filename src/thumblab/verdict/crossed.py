"""Arms, seeds and images crossed: all that comparisons of arms need of every network's every image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Crossed:
    """Scores of arms over seeds, and how images carry them.

    Attributes:
        scores: ``(arms, seeds)``: the accuracy, or another score.
        products: ``(arms, arms)``: of two arms' contributions, summed over seeds and images. The
            contribution of an image to an accuracy is its hit; see ``crossed_scores`` for others.
        image_products: ``(arms, arms)``: of contributions that are summed over the seeds first,
            summed over images.
        image_sums: ``(arms,)``: contributions, summed over seeds and images.
        images: How many.
    """

    scores: Array
    products: Array
    image_products: Array
    image_sums: Array
    images: int

    @property
    def seeds(self) -> int:
        """How many."""
        return int(self.scores.shape[1])


def crossed(hits: Mapping[str, Array]) -> Crossed:
    """Of hits, bool ``(seeds, images)`` for each arm."""
    arms = list(hits.values())
    seeds, images = arms[0].shape
    products = np.zeros((len(arms), len(arms)))
    by_image = np.zeros((len(arms), images))
    scores = np.empty((len(arms), seeds))
    for seed in range(seeds):
        # whole numbers below 2^24, so float32 sums them without rounding
        rows = np.array([each[seed] for each in arms], np.float32)
        products += _gram(rows)
        by_image += rows
        scores[:, seed] = rows.mean(1, dtype=np.float64)
    return Crossed(scores, products, by_image @ by_image.T, by_image.sum(1), images)


def crossed_scores(scores: Mapping[str, Array], contributions: Mapping[str, Array]) -> Crossed:
    """Of any score.

    Args:
        scores: ``(seeds,)`` for each arm.
        contributions: ``(seeds, images)`` for each arm: what each image adds to the score, or the
            score's derivative at the image's weight, as of ``analysis.macro_f1_contributions``.
    """
    images = next(iter(contributions.values())).shape[1]
    cube = np.array([each * images for each in contributions.values()], np.float64)
    flat, by_image = cube.reshape(len(cube), -1), cube.sum(1)
    values = np.array(list(scores.values()), np.float64)
    return Crossed(values, flat @ flat.T, by_image @ by_image.T, by_image.sum(1), images)


def _gram(rows: Array) -> Array:
    if rows.shape[1] >= 2**24:
        rows = rows.astype(np.float64)
    return np.asarray(rows @ rows.T, np.float64)
