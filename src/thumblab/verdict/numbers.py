"""Numbers back from words: whether a sentence says what its values do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Number(NamedTuple):
    """A number in a text.

    Attributes:
        text: As it stands there.
        value: What it says.
        rounding: How far the value may be from what was rounded.
    """

    text: str
    value: float
    rounding: float


_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]|\.\d)")


def numbers_in(text: str) -> tuple[Number, ...]:
    """The numbers of a text, in order.

    Example:
        >>> [each.value for each in numbers_in("b: worse than a, -2.1 points (-2.7 to -1.5)")]
        [-2.1, -2.7, -1.5]
    """
    found = [match.group() for match in _NUMBER.finditer(text)]
    return tuple(
        Number(each, float(each), 0.5 * 10.0 ** -len(each.partition(".")[2])) for each in found
    )


def unsupported_numbers(comparison: Mapping[str, Any]) -> tuple[str, ...]:
    """Numbers of a sentence that none of its values gives; empty as long as sentences are honest.

    Args:
        comparison: A comparison as JSON (``Comparison.to_json``): the sentence is ``comparison["sentence"]``,
            the values are all others. Names of arms and reasons are no numbers, whatever is in them.
    """
    text = str(comparison["sentence"])
    names = [comparison.get(key) for key in ("arm", "against", "same_as", "reason")]
    for each in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<![\w.-]){re.escape(str(each))}(?![\w])(?!\.\d)", "", text)
    values = [value for key, value in comparison.items() if key not in ("sentence", "word")]
    known = [value for each in values for value in _leaves(each)]
    return tuple(
        number.text
        for number in numbers_in(text)
        if not any(
            abs(number.value - scale * value) <= number.rounding * (1 + 1e-9)
            for value in known
            for scale in (1, 100)
        )
    )


def _leaves(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)
