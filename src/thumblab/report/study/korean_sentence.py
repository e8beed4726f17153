"""A comparison's word and numbers as a sentence in Korean."""

from __future__ import annotations

from collections.abc import Callable

from thumblab.report.study.points import points, span
from thumblab.verdict import Comparison, Word


def korean_sentence(found: Comparison, word_of: Callable[[Word], str]) -> str:
    """What the English ``Comparison.sentence`` says.

    Args:
        found: The comparison.
        word_of: Gives the Korean of a word.
    """
    word, head = word_of(found.word), f"{found.arm} ({found.against} 대비)"
    if found.word == "void":
        return f"{head}: {word}. {found.reason}"
    if found.difference is None:
        return f"{head}: {word}. 끝까지 학습된 시드가 없습니다."
    if found.seeds < 2:
        return f"{head}: {word}, {points(found.difference)}%p. 시드 하나로는 신경망 두 개만 비교됩니다."
    text = f"{head}: {word}, {_numbers(found)}"
    if found.word == "not resolved" and found.matters is not None:
        apart = f"{100 * found.matters:g}%p 차이를"
        if found.seeds_needed is None:
            return f"{text}. {apart} 구별하려면 시드가 아니라 이미지가 더 필요합니다."
        return f"{text}. 시드 {found.seeds_needed}개면 {apart} 구별할 수 있습니다."
    return text


def _numbers(found: Comparison) -> str:
    on_these = found.word.endswith("on these images") or found.images_like_these is None
    interval = found.these_images if on_these else found.images_like_these
    if found.word == "no difference that matters":
        interval = found.equivalence
    where = "이 이미지들" if on_these else "비슷한 이미지들"
    difference = found.difference or 0.0
    if interval is None:
        return f"{points(difference)}%p"
    return f"{points(difference, interval)}%p ({span(interval, ' ~ ')}, {where})"
