"""Measures beside the one that is tested: their differences with intervals, and without a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.verdict.judge import judge_scores
from thumblab.verdict.tested import Interval

Array = NDArray[Any]


@dataclass(frozen=True)
class Description:
    """One measure of one arm over its seeds, and how far it lies from the baseline's.

    Attributes:
        arm: Its name.
        seeds: How many.
        mean: Over the seeds; None where no seed came to an end.
        sd: Standard deviation over the seeds (``n - 1`` below); None below two.
        difference: Mean difference from the baseline; None for that one itself.
        these_images: Confidence interval of the difference over all seeds, on these images.
        images_like_these: The same on images drawn as these were; None where it cannot be told.
    """

    arm: str
    seeds: int
    mean: float | None
    sd: float | None
    difference: float | None
    these_images: Interval | None
    images_like_these: Interval | None

    def to_json(self) -> dict[str, Any]:
        """Its fields, intervals as lists."""
        spans = (self.these_images, self.images_like_these)
        these, beyond = (None if span is None else list(span) for span in spans)
        return asdict(self) | {"these_images": these, "images_like_these": beyond}


def describe(
    scores: Mapping[str, Array],
    contributions: Mapping[str, Array],
    *,
    baseline: str | None = None,
    level: float = 0.05,
) -> tuple[Description, ...]:
    """A measure of all arms, with the intervals of a verdict, each for itself.

    Among many measures one always differs, so none of these is a claim. Coverage is in
    ``results/verdict`` (B12): macro-F1, recall of rare classes, loss.

    Args:
        scores: float ``(seeds,)`` for each arm: accuracy of superclasses, macro-F1, loss, ...
        contributions: float ``(seeds, images)``: what each image adds to the score. For a mean over
            images it is the image's value over their number, such as ``cross_entropies(...) / n``; see
            ``analysis.macro_f1_contributions`` and ``analysis.recall_contributions`` for others.
        baseline: The arm that the others are compared with; the first one unless named.
        level: Share of intervals that miss the truth.

    Returns:
        One for each arm, in the order given.

    Raises:
        ValueError: If scores and contributions do not fit, or are not finite.

    Example:
        >>> import numpy as np
        >>> losses = {arm: np.random.default_rng(k).random((3, 50)) for k, arm in enumerate("ab")}
        >>> each = describe({arm: rows.mean(1) for arm, rows in losses.items()},
        ...                 {arm: rows / 50 for arm, rows in losses.items()})
        >>> [(one.arm, one.difference is None) for one in each]
        [('a', True), ('b', False)]
    """
    found = judge_scores(scores, contributions, baseline=baseline, level=level)
    return tuple(
        Description(
            arm=arm.name,
            seeds=arm.seeds,
            mean=arm.mean,
            sd=arm.sd,
            difference=arm.difference,
            these_images=arm.these_images,
            images_like_these=arm.images_like_these,
        )
        for arm in found.each
    )
