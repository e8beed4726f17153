"""Verdicts in words: each number in them is one of the verdict's values, in points of a hundred."""

from __future__ import annotations

from math import floor, log10

from thumblab.verdict.tested import Interval, Tested

MOST_DIGITS = 3


def sentence(found: Tested) -> str:
    """What a comparison says, without a full stop."""
    return f"{found.arm}: {_body(found)}"


def _body(found: Tested) -> str:
    word, other = found.word, found.against
    if word == "void":
        return f"void, {found.reason}"
    if found.difference is None:
        return f"not resolved against {other}, no seed came to an end"
    if found.seeds < 2:
        return (
            f"not resolved against {other}, {_point(found.difference, 2)} points; one seed tells two "
            "networks apart, not two ways of training"
        )
    if word in ("better", "worse"):
        return f"{word} than {other}{_by(found)} on images like these{_small(found)}"
    if word == "no difference that matters":
        within = found.equivalence
        return (
            f"no difference that matters from {other}, {_with(found.difference, within)} on images "
            f"like these, within {_worth(found)}"
        )
    if word == "not resolved":
        return f"not resolved against {other}, {_unresolved(found)}"
    return f"{word.replace(' on', f' than {other} on')}{_by(found)}; {_beyond(found)}"


def _by(found: Tested) -> str:
    """The difference; signed, so that what is worse reads as its number does."""
    on_these = found.word.endswith("on these images")
    span = found.these_images if on_these else found.images_like_these
    before = " by " if (found.difference or 0) > 0 else ", "
    return before + _with(found.difference or 0.0, span)


def _small(found: Tested) -> str:
    if not found.too_small_to_matter:
        return ""
    return f", though less than matters ({_worth(found)})"


def _beyond(found: Tested) -> str:
    """What is said of images like these where it is not resolved."""
    if found.images_like_these is None:
        return f"{found.seeds} seeds alone do not tell of images like these"
    span = _span(found.images_like_these)
    return f"not resolved on images like these ({span}){_corrected(found, found.images_like_these)}"


def _unresolved(found: Tested) -> str:
    if found.same_as == found.against:
        return f"the same hits in all {found.seeds} seeds"
    span = found.images_like_these or found.these_images
    where = "images like these" if found.images_like_these else "these images"
    text = f"{_with(found.difference or 0.0, span)} on {where}{_corrected(found, span)}"
    if found.matters is None or found.any_time:
        return text
    apart = f"{_worth(found)} apart"
    if found.seeds_needed is None:
        return f"{text}; more images, not seeds, would tell {apart}"
    if found.seeds_needed <= found.seeds:
        return f"{text}; {found.seeds_needed} seeds tell {apart} four times of five"
    return f"{text}; {found.seeds_needed} seeds would tell {apart}"


def _worth(found: Tested) -> str:
    """The difference that matters."""
    points = _plain(found.matters)
    return f"{points} {'point' if points == '1' else 'points'}"


def _corrected(found: Tested, span: Interval | None) -> str:
    """Why an interval without 0 resolves nothing."""
    if span is None or span[0] <= 0 <= span[1]:
        return ""
    return f", too little for one of {found.comparisons} comparisons"


def _with(value: float, span: Interval | None) -> str:
    if span is None:
        return f"{_point(value, 2)} points"
    return f"{_point(value, _digits(span))} points ({_span(span)})"


def _span(span: Interval) -> str:
    digits = _digits(span)
    return f"{_point(span[0], digits)} to {_point(span[1], digits)}"


def _digits(span: Interval) -> int:
    """As many as say something: the half width has two that count, and no end looks like 0."""
    half = max(50 * (span[1] - span[0]), 10.0**-MOST_DIGITS)
    digits = min(max(1 - floor(log10(half)), 1), MOST_DIGITS)
    while digits < MOST_DIGITS and any(
        end != 0 and abs(100 * end) < 0.5 * 10**-digits for end in span
    ):
        digits += 1
    return digits


def _point(value: float, digits: int) -> str:
    text = f"{100 * value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def _plain(value: float | None) -> str:
    return f"{100 * (value or 0.0):.6g}"
