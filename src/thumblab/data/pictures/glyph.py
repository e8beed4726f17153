"""A written character, found in a picture and cut out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.data.pictures.ink import Ink, find_ink, gray, grounds, width
from thumblab.data.pictures.pieces import label

Array = NDArray[Any]

COARSE = 512
"""Pixels of the longer side at which a character is looked for."""

FINE = 120
"""Pixels of a character's longer side at which its ink is told from an uneven ground."""

FAINT, FULL = 0.3, 0.7
"""On an uneven ground, what share of the strongest ink is taken for none and for all of it."""

THERE = 0.55
"""The share of the strongest ink from which on a pixel tells where the character is."""

LABELED = 128
"""Pixels of the longer side at which connected pieces are told apart."""

LEAST_PIECE = 0.04
"""A piece with a smaller share of the largest one's ink is a speck."""

LEAST_INSIDE = 0.002
"""Pieces that touch the border are none if one with so much of their ink does not."""

WINDOWS = (6, 3)
"""What part of the shorter side is tried for strokes to be narrower than."""

PASSES = 3
"""So often the ground is told anew, from ever closer by."""

SHEETS = 2
"""So many times a sheet may lie on another."""

LEAST_SHEET = 64
"""Pixels of a sheet's longer side."""

SURROUND = 64
"""Pixels a side of the surround that a character is compared with."""

TOUCHING = 0.5
"""How much less likely ink that touches the border is the character."""

SOLID = 0.62
"""Something is a sheet, and no stroke, if a square of so much of its longer side fits into it."""

CUT = 0.5
"""The same on an even ground, where pictures are often cut out close to the character."""

NEAR = 0.75
"""How far from the largest piece others may be, as a share of its longer side."""


@dataclass(frozen=True)
class Box:
    """Rows and columns of a rectangle; the last ones are not included. Floats in a picture's pixels."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def longer(self) -> float:
        """The longer side."""
        return max(self.bottom - self.top, self.right - self.left)

    def grown(self, by: float, sides: tuple[int, ...]) -> Box:
        """A box that is larger by ``by`` at each side, inside of a picture with these ``sides``."""
        return Box(
            max(0.0, self.top - by),
            min(float(sides[0]), self.bottom + by),
            max(0.0, self.left - by),
            min(float(sides[1]), self.right + by),
        )

    def alike(self, other: Box) -> bool:
        """Whether no side is apart by a tenth of the longer one."""
        down = abs(self.top - other.top), abs(self.bottom - other.bottom)
        across = abs(self.left - other.left), abs(self.right - other.right)
        return max(*down, *across) <= 0.1 * self.longer

    def moved(self, scale: float, top: float, left: float) -> Box:
        """The box in a picture in which this one's is scaled and begins at ``top`` and ``left``."""
        return Box(
            self.top * scale + top,
            self.bottom * scale + top,
            self.left * scale + left,
            self.right * scale + left,
        )


def find_glyph(pixels: NDArray[np.uint8]) -> Ink | None:
    """The ink of the character in pixels ``(h, w, c)``, without what else is in them.

    On an even ground in the pixels of the picture, else about ``FINE`` pixels high or wide. None if
    there is no ink.
    """
    level, ink = gray(pixels)
    if ink is not None:
        return Ink(np.where(_character(ink.share, True).others, 0, ink.share), True)
    return _found(level, SHEETS)


def _found(level: Array, sheets: int) -> Ink | None:
    """The character in levels ``(h, w)``, perhaps on a sheet that lies on something else."""
    ink = find_ink(level, None)
    if ink is not None:
        on_it = _on_sheet(level, ink, 1.0, sheets)
        return on_it or Ink(np.where(_character(ink.share, True).others, 0, ink.share), True)
    factor = max(1.0, max(level.shape) / COARSE)
    sides = tuple(max(1, round(side / factor)) for side in level.shape)
    small = resized(level, sides)
    found: list[Ink | None] = []
    for dark in grounds(small):
        here, there = (255 - small, 255 - level) if dark else (small, level)
        coarse = [find_ink(here, max(3, min(sides) // part)) for part in WINDOWS]
        inks = [each for each in coarse if each is not None]
        if inks and (on_it := _on_sheet(level, inks[0], factor, sheets)):
            return on_it
        boxes = [_character(each.share).box for each in inks]
        boxes = boxes[:1] + [box for box in boxes[1:] if not box.alike(boxes[0])]
        found += [_closer(there, box.moved(factor, 0, 0)) for box in boxes]
    return max((each for each in found if each is not None), key=_clearness, default=None)


def _on_sheet(level: Array, ink: Ink, factor: float, sheets: int) -> Ink | None:
    """The character on the sheet that ``ink`` is, found with the picture shrunk by ``factor``, if it is."""
    sheet = _sheet(ink.share) if sheets else None
    if sheet is None:
        return None
    part = sheet.moved(factor, 0, 0)
    rows, columns = slice(int(part.top), int(part.bottom)), slice(int(part.left), int(part.right))
    return _found(level[rows, columns], sheets - 1)


def _clearness(ink: Ink) -> float:
    """How dark the ink is, and how few pixels are neither ink nor ground; large ink is a bit better."""
    share = ink.share
    crisp = float((share > 0.8).sum() / max(1, (share > 0.1).sum()))
    rows, columns = (np.ptp(np.flatnonzero((share > 0.5).any(axis))) + 1 for axis in (1, 0))
    return float(ink.depth * crisp * (max(rows, columns) * ink.scale) ** 0.25)


def _closer(level: Array, box: Box) -> Ink | None:
    """The character around ``box``, whose ground has to be told anew from close by."""
    window, found = 2 * FINE // 5, None
    for _ in range(PASSES):
        part = box.grown(0.5 * box.longer, level.shape)
        scale = box.longer / FINE
        sides = (part.bottom - part.top) / scale, (part.right - part.left) / scale
        near = resized(level, (max(1, round(sides[0])), max(1, round(sides[1]))), part)
        ink = find_ink(near, window)
        if ink is None:
            return None
        there = _character(ink.share)
        share = np.where(there.kept, ((ink.share - FAINT) / (FULL - FAINT)).clip(0, 1), 0)
        window = int(np.clip(2.2 * width(share), FINE // 8, 2 * FINE // 5))
        box = there.box.moved(scale, part.top, part.left)
        dark = float(np.median(near[share > 0.8])) if (share > 0.8).any() else 255.0
        depth = _contrast(level, box, dark) * (TOUCHING if there.touching else 1.0)
        found = Ink(share, False, depth, scale)
    return found


def _contrast(level: Array, box: Box, ink: float) -> float:
    """The share of the light in a wide surround of ``box`` that ``ink``, a level, lacks.

    What lies between strokes is as light as what lies around them, so that it cannot pass for ink.
    """
    whole, inner = (box.grown(by * box.longer, level.shape) for by in (2.0, 0.6))
    scale = (whole.bottom - whole.top) / SURROUND, (whole.right - whole.left) / SURROUND
    around = np.ones((SURROUND, SURROUND), bool)
    rows = slice(
        int((inner.top - whole.top) / scale[0]), int((inner.bottom - whole.top) / scale[0])
    )
    columns = slice(
        int((inner.left - whole.left) / scale[1]), int((inner.right - whole.left) / scale[1])
    )
    around[rows, columns] = False
    if not around.any():
        around[:] = True
    ground = float(np.median(resized(level, around.shape, whole)[around]))
    return max(0.0, ground - ink) / max(ground, 1.0)


def _sheet(share: Array) -> Box | None:
    """The inside of a sheet that looks like ink, since it is what differs from the ground; or None."""
    step = -(-max(share.shape) // LABELED)
    pooled = _pooled(share > FAINT / 2, step)
    pieces, count = label(np.asarray(pooled.any((1, 3))))
    if count == 0:
        return None
    main = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    rows, columns = (np.flatnonzero(main.any(axis)) for axis in (1, 0))
    inner = main[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = round(SOLID * max(inner.shape))
    if min(inner.shape) < side or max(inner.shape) * step < LEAST_SHEET:
        return None
    sums = np.pad(inner.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    full = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    if full.max() < 0.9 * side * side:
        return None
    whole = Box(rows[0] * step, (rows[-1] + 1) * step, columns[0] * step, (columns[-1] + 1) * step)
    return whole.grown(-0.04 * whole.longer, share.shape)


def resized(values: Array, sides: tuple[int, ...], box: Box | None = None) -> Array:
    """float32 ``values`` in ``box`` with ``sides`` (height, width), by Pillow's bilinear filter."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    corners = None if box is None else (box.left, box.top, box.right, box.bottom)
    height, width = sides
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR, corners))


@dataclass(frozen=True, eq=False)
class _Character:
    """Where the character is: its box, the pixels in it and near it, and those of other things."""

    box: Box
    kept: Array
    others: Array
    touching: bool


def _character(share: Array, even: bool = False) -> _Character:
    step = -(-max(share.shape) // LABELED)
    mask = _pooled(share > THERE, step)
    pieces, count = label(np.asarray(mask.any((1, 3))))
    if count == 0:
        none = np.zeros(share.shape, bool)
        return _Character(Box(0, share.shape[0], 0, share.shape[1]), ~none, none, True)
    kept = _kept(pieces, count, mask.sum((1, 3)), CUT if even else LEAST_INSIDE)
    rows, columns = (np.flatnonzero(kept.any(axis)) for axis in (1, 0))
    box = Box(rows[0] * step, (rows[-1] + 1) * step, columns[0] * step, (columns[-1] + 1) * step)
    near = _spread(_spread(kept))
    others = _spread((pieces > 0) & ~kept) & ~kept
    whole = [np.kron(each, np.ones((step, step), bool)) for each in (near & ~others, others)]
    height, wide = share.shape
    near, others = (each[:height, :wide] for each in whole)
    edges = (kept[0], kept[-1], kept[:, 0], kept[:, -1])
    return _Character(box.grown(0, share.shape), near, others, any(edge.any() for edge in edges))


def _pooled(mask: Array, step: int) -> Array:
    """The mask in blocks, ``(rows, step, columns, step)``."""
    padded = np.pad(mask, [(0, -side % step) for side in mask.shape])
    return padded.reshape(padded.shape[0] // step, step, -1, step)


def _kept(pieces: Array, count: int, ink: Array, least: float) -> Array:
    """The pieces of the character: the largest inside, and those near it that are no specks."""
    mass = np.bincount(pieces.ravel(), ink.ravel(), count + 1)
    mass[0] = 0
    touching = np.zeros(count + 1, bool)
    for edge in (pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]):
        touching[edge] = True
    touching[0] = False
    if mass[~touching].max() >= max(least * mass.max(), 16):
        mass[touching] = 0
    main = int(mass.argmax())
    rows, columns = np.nonzero(pieces == main)
    reach = NEAR * max(np.ptp(rows), np.ptp(columns)) + 1
    kept = np.zeros(pieces.shape, bool)
    for piece in np.flatnonzero(mass >= LEAST_PIECE * mass[main]):
        down, across = np.nonzero(pieces == piece)
        gaps = (
            rows.min() - down.max(),
            down.min() - rows.max(),
            columns.min() - across.max(),
            across.min() - columns.max(),
        )
        if max(gaps) <= reach:
            kept[down, across] = True
    return kept


def _spread(mask: Array) -> Array:
    """The mask and the pixels beside it."""
    padded = np.pad(mask, 1)
    rows = padded[:-2] | padded[1:-1] | padded[2:]
    wide: Array = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return wide
