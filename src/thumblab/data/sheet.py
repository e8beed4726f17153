"""A contact sheet: example images of every class, with its name, as one picture to look at."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.data.dataset import Dataset
from thumblab.data.pictures.lettering import fonts_for

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFont import FreeTypeFont

GAP, LETTERS = 4, 14
"""Pixels between images, and height of the letters."""

ENLARGED = 56
"""Images are enlarged by a whole factor to about so many pixels a side, at least as they are."""


def contact_sheet(dataset: Dataset, rows: int | None = None, columns: int = 10) -> Image.Image:
    """A row for each class: its name, then its first ``columns`` training images.

    Names are drawn in a font that has their letters; where the system has none, rows are numbered, and
    a warning says which number is whose.

    Args:
        dataset: Of images.
        rows: Only so many classes, from the first; None shows all.
        columns: Images a class.

    Raises:
        UsageError: If ``dataset`` holds features, or nothing is to be shown.
    """
    from PIL import Image, ImageDraw

    if len(dataset.shape) != 3:
        raise UsageError(f"{dataset.name} holds features, not images; a sheet cannot show them")
    names = dataset.classes[:rows]
    if not names or columns < 1 or (rows or 1) < 1:
        raise UsageError(f"a sheet of {rows} rows and {columns} columns; give 1 or more of both")
    _, high, wide = dataset.shape
    factor = max(1, round(ENLARGED / max(high, wide)))
    tall, step = max(high * factor, LETTERS) + GAP, wide * factor + GAP
    lettered = _lettered(names)
    margin = int(max(font.getlength(text) for text, font in lettered)) + 3 * GAP
    sheet = Image.new("RGB", (margin + columns * step, GAP + len(names) * tall), "white")
    pen = ImageDraw.Draw(sheet)
    for label, (text, font) in enumerate(lettered):
        top = GAP + label * tall
        pen.text((GAP, top + (tall - GAP) // 2), text, "black", font, anchor="lm")
        shown = dataset.train.images[np.flatnonzero(dataset.train.labels == label)[:columns]]
        for column, image in enumerate(shown):
            pixels = np.repeat(np.repeat(image, factor, 0), factor, 1)
            pixels = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
            sheet.paste(Image.fromarray(pixels), (margin + column * step, top))
    return sheet


def _lettered(names: Sequence[str]) -> list[tuple[str, FreeTypeFont]]:
    """Each name and a font that has its letters; a number, with a warning, where there is none."""
    from PIL import ImageFont

    plain: Any = ImageFont.load_default(LETTERS)
    found = [
        (f"no. {number}", plain) if font is None else (name, font)
        for number, (name, font) in enumerate(zip(names, fonts_for(names, LETTERS), strict=True), 1)
    ]
    if legend := [
        f"{text} is {name}" for name, (text, _) in zip(names, found, strict=True) if text != name
    ]:
        warnings.warn(
            "no font of this system has the letters of some class names, which are numbered on the "
            f"sheet: {', '.join(legend)}",
            stacklevel=3,
        )
    return found
