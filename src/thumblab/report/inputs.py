"""A sheet of pictures of one's own: each beside what the network saw of it, and what it said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from thumblab.evaluation.predict import Prediction

if TYPE_CHECKING:
    from PIL import Image

SIDE, GAP, LETTERS = 112, 8, 14
"""Pixels of a picture's longer side, between pictures, and height of the letters."""

MOST = 200
"""So many pictures are drawn, from the first."""

_CHECKS = (235, 215)
"""Levels of the chequers that show through what is transparent."""


def inputs_sheet(predictions: Sequence[Prediction]) -> Image.Image:
    """A row for each picture that could be decoded: the picture, the network's input, the likeliest class."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(LETTERS)
    shown = [each for each in predictions if each.shown and each.shown.image is not None][:MOST]
    texts = [_text(each) for each in shown]
    head = ("picture", "what the network sees", "what it says")
    step, top = SIDE + GAP, 2 * LETTERS
    middle = max(SIDE, int(font.getlength(head[1]))) + 2 * GAP
    wide = int(max(font.getlength(line) for line in (head[2], *"\n".join(texts).split("\n"))))
    sheet = Image.new("RGB", (step + middle + wide + 2 * GAP, top + len(shown) * step), "white")
    pen = ImageDraw.Draw(sheet)
    lefts = (GAP, step + GAP, step + middle + GAP)
    for left, message in zip(lefts, head, strict=True):
        pen.text((left, LETTERS // 2), message, "gray", font)
    for row, (each, text) in enumerate(zip(shown, texts, strict=True)):
        at = top + row * step
        pen.multiline_text((lefts[2], at), text, "black", font)
        if each.shown is not None and each.shown.thumbnail is not None:
            sheet.paste(_enlarged(_on_checks(each.shown.thumbnail)), (lefts[0], at))
        if each.shown is not None and each.shown.image is not None:
            pixels = np.broadcast_to(each.shown.image, (*each.shown.image.shape[:2], 3))
            sheet.paste(_enlarged(Image.fromarray(np.ascontiguousarray(pixels))), (lefts[1], at))
    return sheet


def _text(prediction: Prediction) -> str:
    top = [f"{guess.name}  {100 * guess.probability:.1f} %" for guess in prediction.top[:3]]
    text = [_cut(word) for word in (prediction.file.name, *top, *prediction.warnings)]
    return "\n".join(text[:6])


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _enlarged(image: Image.Image) -> Image.Image:
    """The picture with ``SIDE`` pixels at its longer side, in squares, and an outline."""
    from PIL import Image, ImageOps

    scale = (SIDE - 2) / max(image.size)
    sides = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return ImageOps.expand(image.resize(sides, Image.Resampling.NEAREST), 1, "silver")


def _on_checks(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode != "RGBA":
        return image.convert("RGB")
    rows, columns = np.indices((image.height, image.width)) // 8
    levels = np.where((rows + columns) % 2, *_CHECKS).astype(np.uint8)
    ground = Image.fromarray(levels).convert("RGBA")
    return Image.alpha_composite(ground, image).convert("RGB")
