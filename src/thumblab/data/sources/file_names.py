"""Pictures whose file names begin with their class: ``cat.0.jpg``, ``great_dane_12.png``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from thumblab.core.errors import DataError
from thumblab.data.dataset import Dataset
from thumblab.data.os_errors import os_errors
from thumblab.data.reading import counted
from thumblab.data.sources.class_names import class_names
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.layout import Layout
from thumblab.data.sources.listing import list_folder
from thumblab.data.sources.part_names import role_of
from thumblab.data.sources.sorted_pictures import Pictures, base_of, read_sorted

NUMBERED = re.compile(r"(?P<name>.*?[^\W\d_].*?)[\s._()-]*\d+[\s)]*$")
"""Text with a letter in it, signs, and a number at the end."""


@dataclass(frozen=True)
class FileNames(Pictures, DatasetSpec):
    """Pictures of all classes in one folder; what stands before the number in a name is the class.

    Folders called as parts are (``train``, ``test``) are the parts. Names that give no class are warned of,
    and those pictures not used. The other fields are those of ``Pictures``.

    Attributes:
        before: The class is what stands before the first such text, as in ``before=_``.
    """

    before: str = ""

    def __post_init__(self) -> None:
        self.check()


@read.register
def _read_file_names(source: FileNames, root: Path | None = None) -> Dataset:
    base = base_of(source.path, root)
    with os_errors(base):
        there = base.is_dir()
    if not there:
        raise DataError(f"{base} is not a folder; give one of pictures named by their classes")
    listing = list_folder(base)
    named: dict[str, list[tuple[PurePosixPath, str]]] = {}
    without = 0
    for path in listing.pictures:
        if name := class_of(path.stem, source.before):
            role = role_of(path.parts[0]) if len(path.parts) > 1 else None
            named.setdefault(role or "training", []).append((path, name))
        else:
            without += 1
    layout = _layout(named, str(base), without)
    return read_sorted(base.resolve().name, str(base), listing, layout, source)


def class_of(stem: str, before: str = "") -> str:
    """The class that a file's name without suffix begins with; empty if there is none.

    >>> [class_of(stem) for stem in ("cat.0", "great_dane_12", "dog (3)", "12")]
    ['cat', 'great_dane', 'dog', '']
    >>> class_of("cat_left_3", "_")
    'cat'
    """
    if before:
        name, found, _ = stem.partition(before)
        return name.strip() if found else ""
    match = NUMBERED.match(stem)
    return match["name"].strip() if match else ""


def _layout(named: dict[str, list[tuple[PurePosixPath, str]]], where: str, without: int) -> Layout:
    train = named.get("training", [])
    if not train:
        raise DataError(
            f"{where} has no picture to train on whose name begins with a class, as cat.0.jpg does"
        )
    classes = class_names(
        {role: sorted({name for _, name in pairs}) for role, pairs in sorted_parts(named)}, where
    )
    if len(classes.names) < 2:
        raise DataError(
            f"{where} has {len(classes.names)} classes in the names of its pictures (such as "
            "cat.0.jpg); give 2 or more"
        )
    strange = sorted({name for pairs in named.values() for _, name in pairs} - set(classes.of))
    if strange:
        raise DataError(
            f"{where} has classes that train has not ({', '.join(strange)}); rename them"
        )
    entries = {
        role: [(path, classes.of[name]) for path, name in pairs] for role, pairs in named.items()
    }
    text = f"{counted(without, 'picture')} of {where} whose name gives no class: not used"
    return Layout(classes.names, entries, (*([text] if without else ()), *classes.notes))


def sorted_parts(
    named: dict[str, list[tuple[PurePosixPath, str]]],
) -> list[tuple[str, list[tuple[PurePosixPath, str]]]]:
    """The training part first, for it says which classes there are."""
    return sorted(named.items(), key=lambda item: item[0] != "training")
