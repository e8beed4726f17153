"""Fonts that have the letters of a text: a font without them draws boxes, the same for every name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FOLDERS = (
    "~/.fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
"""Where systems keep fonts."""

SUFFIXES = (".ttf", ".otf", ".ttc")
MOST_FONTS = 600
"""So many fonts are tried."""

NO_LETTER = "\U0010fffe"
"""A code point that is no letter, so that any font draws its box for it."""


def covers(font: Any, text: str) -> bool:
    """Whether the font has every letter of ``text``."""
    box = bytes(font.getmask(NO_LETTER)), font.getmask(NO_LETTER).size
    return all(
        letter.isspace() or (bytes(mask := font.getmask(letter)), mask.size) != box
        for letter in set(text)
    )


def fonts_for(texts: Sequence[str], height: int) -> list[FreeTypeFont | None]:
    """A font of this system for each text, in letters of that height; None where none has its letters.

    Pillow's own is taken where it will do.
    """
    found: dict[str, FreeTypeFont] = {}
    for font in _fonts(height):
        found |= {text: font for text in texts if text not in found and covers(font, text)}
        if len(found) == len(set(texts)):
            break
    return [found.get(text) for text in texts]


def _fonts(height: int) -> Iterator[Any]:
    from PIL import ImageFont

    yield ImageFont.load_default(height)
    for path in _files():
        try:
            font = ImageFont.truetype(path, height)
            font.getmask(NO_LETTER)
        except (OSError, ValueError):
            continue
        yield font


@cache
def _files() -> tuple[str, ...]:
    """Font files, upright and of usual weight first."""
    found = []
    for folder in FOLDERS:
        for where, _, names in os.walk(Path(folder).expanduser()):
            found += [str(Path(where, n)) for n in names if n.lower().endswith(SUFFIXES)]
    special = ("bold", "italic", "oblique", "light", "thin", "black", "mono", "condensed", "serif")
    return tuple(
        sorted(found, key=lambda path: (sum(w in Path(path).stem.lower() for w in special), path))
    )[:MOST_FONTS]
