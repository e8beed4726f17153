"""What is known of the difference of two arms, and the word that it earns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Interval = tuple[float, float]
Word = Literal[
    "better", "worse", "better on these images", "worse on these images",
    "no difference that matters", "not resolved", "void",
]  # fmt: skip
WORDS: tuple[Word, ...] = (
    "better", "worse", "better on these images", "worse on these images",
    "no difference that matters", "not resolved", "void",
)  # fmt: skip
"""All that a verdict says of an arm."""


class Intervals(NamedTuple):
    """Of one difference.

    Attributes:
        these_images: Over all seeds that might have been drawn, on these very images.
        images_like_these: On images drawn as these were, too; None where it cannot be told.
    """

    these_images: Interval
    images_like_these: Interval | None


@dataclass(frozen=True)
class Tested:
    """What seeds and images say of an arm against another. Differences are fractions: 0.01 is a point.

    Attributes:
        arm: Its name.
        against: The other's.
        seeds: That both have.
        images: That both were scored on.
        comparisons: How many were declared, over which p-values are adjusted.
        level: Below which an adjusted p-value counts; at a declared look, that look's.
        matters: The difference that is worth having, if one was declared.
        difference: Mean over the seeds; None where no seed came to an end.
        sd: Standard deviation of the difference over the seeds; None below two.
        these_images: Confidence interval of the mean over all seeds, on these very images.
        images_like_these: The same on images drawn as these were; None where it cannot be told: with
            two seeds where fewer than three comparisons lend each other what they know. It holds the
            luck of the images too, of which there are many, so that with few seeds it can come out
            the narrower one.
        simultaneous: The same pair, wide enough for all comparisons to hold together.
        p_value: Chance of a difference so far from 0 if there were none on these images.
        p_value_like_these: The same for images like these, or None.
        adjusted: ``p_value`` adjusted for all comparisons; see ``adjusted.py``.
        adjusted_like_these: The same of a difference on these images and on images like these (Holm's, of
            the larger p-value of the two), or None.
        equivalence: Interval that has to lie within ``matters`` for there to be no difference that
            matters (two one-sided tests); None without ``matters`` or where it cannot be told.
        equivalence_adjusted: Its p-value, adjusted for all comparisons; or None.
        seeds_needed: Seeds with which a difference of ``matters`` would be seen four times of five
            on images like these; None without ``matters``, or where no number of them would do.
        any_time: Whether seeds may be added at any time; then intervals and p-values hold at every
            number of seeds together, and no seeds are foretold.
        same_as: An arm with the same hits in every seed, which is no comparison of its own.
        reason: Why it is void; empty if it is not.
    """

    arm: str
    against: str
    seeds: int
    images: int
    comparisons: int
    level: float
    matters: float | None = None
    difference: float | None = None
    sd: float | None = None
    these_images: Interval | None = None
    images_like_these: Interval | None = None
    simultaneous: Intervals | None = None
    p_value: float = 1.0
    p_value_like_these: float | None = None
    adjusted: float = 1.0
    adjusted_like_these: float | None = None
    equivalence: Interval | None = None
    equivalence_adjusted: float | None = None
    seeds_needed: int | None = None
    any_time: bool = False
    same_as: str | None = None
    reason: str = ""

    @property
    def word(self) -> Word:
        """One of ``WORDS``.

        ``better`` and ``worse`` hold for images like these, and for these too. With ``on these
        images`` they hold for no others. What holds for these images alone and is too small to
        matter on others is no difference that matters.
        """
        if self.reason:
            return "void"
        if self.difference is None or self.seeds < 2:
            return "not resolved"
        beyond = self.adjusted_like_these
        resolved = self.adjusted < self.level
        if resolved and beyond is not None and beyond < self.level:
            return "better" if self.difference > 0 else "worse"
        if self.too_small_to_matter:
            return "no difference that matters"
        if resolved:
            return "better on these images" if self.difference > 0 else "worse on these images"
        return "not resolved"

    @property
    def too_small_to_matter(self) -> bool:
        """Whether it is less than ``matters`` on images like these, as far as can be told."""
        return self.equivalence_adjusted is not None and self.equivalence_adjusted < self.level
