"""What a study has found: a word for each arm, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from thumblab.verdict.comparison import Comparison
from thumblab.verdict.tested import Interval, Intervals, Word

Against = Literal["baseline", "all pairs", "best", "factors"]
Looks = tuple[int, ...] | Literal["any"]


@dataclass(frozen=True)
class ArmVerdict:
    """One arm over its seeds, and what is said of it.

    What a ``Comparison`` has can be read here too; it is None for an arm that is compared with none.

    Attributes:
        name: The arm's.
        mean: Of its scores over the seeds; None where no seed came to an end.
        sd: Their standard deviation (``n - 1`` below); None below two seeds.
        seeds: How many.
        scores: One a seed.
        comparison: With the baseline or, where that is asked, with the best; None for that one.
    """

    name: str
    mean: float | None
    sd: float | None
    seeds: int
    scores: tuple[float, ...]
    comparison: Comparison | None = None

    @property
    def difference(self) -> float | None:
        """Mean difference from the other arm, as a fraction."""
        return None if self.comparison is None else self.comparison.difference

    @property
    def these_images(self) -> Interval | None:
        """Confidence interval of the difference on these images."""
        return None if self.comparison is None else self.comparison.these_images

    @property
    def images_like_these(self) -> Interval | None:
        """Confidence interval on images like these; None where it cannot be told."""
        return None if self.comparison is None else self.comparison.images_like_these

    @property
    def simultaneous(self) -> Intervals | None:
        """Both intervals, wide enough for all comparisons to hold together."""
        return None if self.comparison is None else self.comparison.simultaneous

    @property
    def p_value(self) -> float | None:
        """Of no difference on these images."""
        return None if self.comparison is None else self.comparison.p_value

    @property
    def adjusted(self) -> float | None:
        """``p_value``, adjusted for all comparisons."""
        return None if self.comparison is None else self.comparison.adjusted

    @property
    def word(self) -> Word | None:
        """One of ``WORDS``."""
        return None if self.comparison is None else self.comparison.word

    @property
    def sentence(self) -> str | None:
        """The word and its numbers."""
        return None if self.comparison is None else self.comparison.sentence

    def to_json(self) -> dict[str, Any]:
        """Its numbers, those of its comparison, the word and the sentence."""
        fields = asdict(self) | {"comparison": self.comparison and self.comparison.to_json()}
        flat = {name: fields["comparison"] and fields["comparison"][name] for name in _FLAT}
        listed: dict[str, Any] = _listed(fields | flat)
        return listed


_FLAT = (
    "difference", "these_images", "images_like_these", "simultaneous", "p_value", "adjusted",
    "word", "sentence",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What a study has found.

    Attributes:
        each: The arms, in the order given.
        baseline: Name of the arm that the others are compared with.
        against: What was compared: ``"baseline"``, ``"all pairs"``, ``"best"`` or ``"factors"``.
        comparisons: All that were declared, in order; with ``"factors"`` the effects.
        could_be_best: Arms that may still be the best of all, by Hsu's comparisons with the best: the
            best one is among them with chance ``1 - level``.
        level: Chance of a wrong word in the whole study.
        level_here: What is left of it for this look; ``level`` where one look was declared.
        looks: Numbers of seeds at which a look was declared, or ``"any"``; empty for one look.
        seeds: Of each arm.
        images: On which all were scored.
        matters: The difference that is worth having, if one was declared.
        declared: Whether the comparisons were declared before the runs.
    """

    each: tuple[ArmVerdict, ...]
    baseline: str
    against: Against
    comparisons: tuple[Comparison, ...]
    could_be_best: tuple[str, ...]
    level: float
    level_here: float
    looks: Looks
    seeds: int
    images: int
    matters: float | None = None
    declared: bool = True

    @property
    def arms(self) -> Mapping[str, ArmVerdict]:
        """By name."""
        return MappingProxyType({arm.name: arm for arm in self.each})

    @property
    def sentence(self) -> str:
        """All sentences, and that the comparisons were not declared beforehand if they were not."""
        text = "; ".join(each.sentence for each in self.comparisons)
        return f"{text}." if self.declared else f"{text} (not declared beforehand)."

    def voided(self, reasons: Mapping[str, str]) -> Verdict:
        """The same numbers, without a word for the arms that an error was found in.

        Args:
            reasons: Why, by the name of an arm; ``""`` stands for all. An error of the baseline is one
                of all that are compared with it.

        Raises:
            ValueError: If an arm is not there, or a reason is empty.
        """
        for name, why in reasons.items():
            if name and name not in self.arms:
                raise ValueError(f"there is no arm {name!r}; name one of {', '.join(self.arms)}")
            if not why:
                raise ValueError(f"the reason for {name!r} is empty; say why it is void")

        def marked(found: Comparison) -> Comparison:
            names: Iterable[str | None] = ("", found.arm, found.against, found.same_as)
            if self.against == "factors":  # every effect is made of all arms
                names = reasons
            why = [reasons[name] for name in names if name is not None and name in reasons]
            return replace(found, reason="; ".join(why)) if why else found

        each = tuple(
            replace(arm, comparison=marked(arm.comparison)) if arm.comparison else arm
            for arm in self.each
        )
        return replace(self, each=each, comparisons=tuple(map(marked, self.comparisons)))

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold: lists and dictionaries of texts and numbers."""
        fields = {name: getattr(self, name) for name in _PLAIN}
        more = {
            "arms": {arm.name: arm.to_json() for arm in self.each},
            "comparisons": [each.to_json() for each in self.comparisons],
            "sentence": self.sentence,
        }
        listed: dict[str, Any] = _listed(fields | more)
        return listed


_PLAIN = (
    "baseline", "against", "could_be_best", "level", "level_here", "looks", "seeds", "images",
    "matters", "declared",
)  # fmt: skip


def _listed(value: Any) -> Any:
    """Tuples as lists, as JSON gives them back."""
    if isinstance(value, Mapping):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, tuple | list) else value
