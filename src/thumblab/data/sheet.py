"""A contact sheet: example images of every class, with its name, as one picture to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.data.dataset import Dataset

if TYPE_CHECKING:
    from PIL import Image

GAP, LETTERS = 4, 14
"""Pixels between images, and height of the letters."""

ENLARGED = 56
"""Images are enlarged by a whole factor to about so many pixels a side, at least as they are."""


def contact_sheet(dataset: Dataset, rows: int | None = None, columns: int = 10) -> Image.Image:
    """A row for each class: its name, then its first ``columns`` training images.

    Args:
        dataset: Of images.
        rows: Only so many classes, from the first; None shows all.
        columns: Images a class.

    Raises:
        UsageError: If ``dataset`` holds features, or nothing is to be shown.
    """
    from PIL import Image, ImageDraw, ImageFont

    if len(dataset.shape) != 3:
        raise UsageError(f"{dataset.name} holds features, not images; a sheet cannot show them")
    names = dataset.classes[:rows]
    if not names or columns < 1 or (rows or 1) < 1:
        raise UsageError(f"a sheet of {rows} rows and {columns} columns; give 1 or more of both")
    _, high, wide = dataset.shape
    factor = max(1, round(ENLARGED / max(high, wide)))
    tall, step = max(high * factor, LETTERS) + GAP, wide * factor + GAP
    font = ImageFont.load_default(LETTERS)
    margin = int(max(font.getlength(name) for name in names)) + 3 * GAP
    sheet = Image.new("RGB", (margin + columns * step, GAP + len(names) * tall), "white")
    pen = ImageDraw.Draw(sheet)
    for label, name in enumerate(names):
        top = GAP + label * tall
        pen.text((GAP, top + (tall - GAP) // 2), name, "black", font, anchor="lm")
        shown = dataset.train.images[np.flatnonzero(dataset.train.labels == label)[:columns]]
        for column, image in enumerate(shown):
            pixels = np.repeat(np.repeat(image, factor, 0), factor, 1)
            pixels = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
            sheet.paste(Image.fromarray(pixels), (margin + column * step, top))
    return sheet
