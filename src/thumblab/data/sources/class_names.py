"""Names of folders as names of classes: one name is one class, however its letters are encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from thumblab.core.errors import DataError


@dataclass(frozen=True)
class Classes:
    """The classes that folders name.

    Attributes:
        names: Sorted, in Unicode's composed form (NFC).
        of: The label of each folder name.
        notes: What is to be said of them.
    """

    names: tuple[str, ...]
    of: Mapping[str, int]
    notes: tuple[str, ...] = ()


def class_names(folders: Mapping[str, Sequence[str]], where: str) -> Classes:
    """The classes of a data set's parts.

    A Mac writes names decomposed (NFD), other systems composed; both are one name. Names that
    differ only in upper and lower case, or in spaces around them, are refused: they may be one class
    by two hands, and a merge that was not meant would be as wrong as a split.

    Args:
        folders: Names of the folders with classes in each part; the first part says which there are.
        where: Its folder, for messages.

    Raises:
        DataError: If two names differ only in case or outer spaces.

    Example:
        >>> class_names({"training": ["b", "a"]}, "x").of
        {'b': 1, 'a': 0}
    """
    composed = {name: normalize("NFC", name) for names in folders.values() for name in names}
    alike: dict[str, str] = {}
    for name in sorted(set(composed.values())):
        other = alike.setdefault(normalize("NFC", name.casefold()).strip(), name)
        if other != name:
            raise DataError(
                f"{where} has classes {other!r} and {name!r}, which differ in case or spaces only; "
                "rename one, or put their pictures into one folder"
            )
    first = list(next(iter(folders.values())))
    known = sorted({composed[name] for name in first})
    of = {name: known.index(found) for name, found in composed.items() if found in known}
    names = tuple(name.strip().encode("utf-8", "replace").decode() for name in known)
    twice = sorted({composed[n] for n in first if n != composed[n] and composed[n] in first})
    notes = (
        (f"{', '.join(twice)}: written in two Unicode forms, read as one class",) if twice else ()
    )
    return Classes(names, of, notes)
