"""What the names of handwritten characters say of them: digits, cases, letters that look alike."""

from __future__ import annotations

from collections.abc import Sequence

from thumblab.analysis.grouping import Grouping

ALIKE = frozenset("CIJKLMOPSUVWXYZ")
"""Letters whose two cases look alike; EMNIST ByMerge and Balanced give both cases one class."""


def merged_cases(names: Sequence[str]) -> Grouping:
    """Classes as EMNIST ByMerge joins them: c with C, but not a with A.

    Args:
        names: Class names; those of one letter in ``ALIKE`` are joined with their other case.

    Returns:
        Groups in the order in which they first appear, joined ones named by the upper case.

    Example:
        >>> merged_cases(["0", "A", "C", "a", "c"])
        Grouping(groups=(0, 1, 2, 3, 2), names=('0', 'A', 'C', 'a'))

    Source: Cohen et al. 2017, arXiv:1702.05373, section II-B.
    """
    return _grouped([name.upper() if name.upper() in ALIKE else name for name in names])


def digit_or_letter(names: Sequence[str]) -> Grouping:
    """Two groups: digits and letters.

    Args:
        names: Class names; one digit is a digit, all else counts as a letter.

    Example:
        >>> digit_or_letter(["0", "A", "b"])
        Grouping(groups=(0, 1, 1), names=('digit', 'letter'))
    """
    return _grouped(["digit" if name.isdigit() else "letter" for name in names])


def character_parts(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Which classes are digits, letters, upper case and lower case.

    Args:
        names: Class names.

    Returns:
        Class indices by part, in the order digits, letters, upper case, lower case; a part without
        a class is left out, and all are where a name is not a single character.

    Example:
        >>> character_parts(["0", "A", "b"])  # doctest: +NORMALIZE_WHITESPACE
        {'digits': (0,), 'letters': (1, 2), 'upper case': (1,), 'lower case': (2,)}
        >>> character_parts(["cat", "dog"])
        {}
    """
    if any(len(name) != 1 for name in names):
        return {}
    tests = {
        "digits": str.isdigit,
        "letters": str.isalpha,
        "upper case": str.isupper,
        "lower case": str.islower,
    }
    parts = {
        part: tuple(index for index, name in enumerate(names) if test(name))
        for part, test in tests.items()
    }
    return {part: classes for part, classes in parts.items() if classes}


def _grouped(keys: Sequence[str]) -> Grouping:
    names = tuple(dict.fromkeys(keys))
    return Grouping(tuple(names.index(key) for key in keys), names)
