"""A diagram as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from xml.sax.saxutils import escape

from thumblab.core.layer import Layer, Shape
from thumblab.core.summary import summary
from thumblab.report.drawing.diagram import Box, Chain, Fork, Framed, Item, diagram
from thumblab.report.drawing.place import FOOT, GAP, JOINT, LABEL, PADDING, axes, box_height, extent

MARGIN, HEAD = 24.0, 70.0
NARROW, WIDE = 200.0, 380.0
LETTER = 7.2
"""Mean width of a letter, in pixels, at the size of a title."""
CONCAT = 30.0
"""Half the width of the sign for branches that are joined."""
BEND = 9.0
"""Radius of a line's corner."""

LEGEND = "right in a box: shape written, parameters"
STYLE = """
svg { --page: #ffffff; --ink: #1c2733; --quiet: #5b6b7c; --line: #8797a8; --trained: #e3eefb;
  --edge: #4f83c2; --plain: #f3f5f7; --plain-edge: #b5c0cb; --join: #fff4dc; --join-edge: #c98a1b;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --page: #14191f; --ink: #e6ebf0; --quiet: #9aa9b8;
  --line: #6b7b8c; --trained: #1b2f47; --edge: #5d92d4; --plain: #222a33; --plain-edge: #46525f;
  --join: #3a2d10; --join-edge: #d9a441; } }
.page { fill: var(--page); }
text { fill: var(--ink); font-size: 12px; }
.name { font-size: 16px; font-weight: 600; }
.title { font-weight: 600; }
.quiet { fill: var(--quiet); font-size: 11px; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.box { fill: var(--plain); stroke: var(--plain-edge); }
.trained { fill: var(--trained); stroke: var(--edge); }
.join { fill: var(--join); stroke: var(--join-edge); }
.frame { fill: none; stroke: var(--line); stroke-dasharray: 4 4; }
.line { fill: none; stroke: var(--line); stroke-width: 1.4; }
.head { fill: var(--line); }
"""


def draw(model: Layer, x: Shape, name: str) -> str:
    """The picture of ``model`` when it reads samples of shape ``x``: the text of an SVG file.

    Args:
        model: An architecture.
        x: Shape of a sample, ``(channels, height, width)`` or ``(features,)``.
        name: What the picture is called.

    Raises:
        ShapeError: If the layers do not fit together.
    """
    items, whole = diagram(model, x), summary(model, x)
    width = _box_width(items)
    size = extent(items, width)
    written = _shape(model.out_shape(x))
    values = (
        f"{_shape(x)} to {written}, {whole.parameters:,} parameters, {whole.flops / 1e6:,.2f} MFLOP"
    )
    least = LETTER * max(1.35 * len(name), 0.86 * len(values), 0.86 * len(LEGEND))
    wide = max(size.left + size.right, least) + 2 * MARGIN
    axis = MARGIN + size.left + max(0.0, wide - 2 * MARGIN - size.left - size.right) / 2
    top = MARGIN + HEAD
    high = top + 2 * GAP + size.height + MARGIN
    body = [
        '<rect class="page" width="100%" height="100%"/>',
        _text(MARGIN, MARGIN + 14, name, "name"),
        _text(MARGIN, MARGIN + 34, values, "quiet"),
        _text(MARGIN, MARGIN + 50, LEGEND, "quiet"),
        *_wire(axis, top, top + GAP, items[0] if items else None),
        *_chain(items, axis, top + GAP, width),
        *_wire(axis, high - MARGIN - GAP, high - MARGIN, None),
        *_head(axis, high - MARGIN, "down"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" role="img">\n<title>{escape(name)}: {escape(values)}'
        f"</title>\n<style>{STYLE}</style>\n" + "\n".join(body) + "\n</svg>\n"
    )


def _box_width(items: Chain) -> float:
    """As wide as the widest text in a box needs, within limits."""
    needs = [NARROW]
    for item in items:
        if isinstance(item, Box):
            second = f"{', '.join(item.notes)}{item.parameters:,}"
            longest = max(len(item.title) + 0.9 * len(_shape(item.shape)), 0.9 * len(second))
            needs.append(LETTER * longest + 44)
        elif isinstance(item, Framed):
            needs.append(_box_width(item.items))
        else:
            needs += map(_box_width, item.branches)
    return min(max(needs), WIDE)


def _chain(items: Chain, axis: float, top: float, width: float) -> Iterator[str]:
    for place, item in enumerate(items):
        if place:
            yield from _wire(axis, top - GAP, top, item)
        if isinstance(item, Box):
            yield from _box(item, axis - width / 2, top, width)
        elif isinstance(item, Fork):
            yield from _fork(item, axis, top, width)
        else:
            yield from _frame(item, axis, top, width)
        top += extent(item, width).height + GAP


def _box(box: Box, left: float, top: float, width: float) -> Iterator[str]:
    right, high = left + width, box_height(box)
    numbers = f"{box.parameters:,}" if box.parameters else ""
    yield f"<g><title>{escape(box.whole)}</title>"
    yield _rectangle("box trained" if box.trained else "box", left, top, width, high)
    shape = _shape(box.shape)
    yield _text(left + 12, top + 19, _cut(box.title, width - 34, shape), "title")
    yield _text(right - 12, top + 19, shape, "quiet end")
    if box.notes:
        notes = _cut(", ".join(box.notes), width - 34, numbers)
        yield _text(left + 12, top + 36, notes, "quiet")
    if numbers:
        yield _text(right - 12, top + 36, numbers, "quiet end")
    yield "</g>"


def _frame(frame: Framed, axis: float, top: float, width: float) -> Iterator[str]:
    size = extent(frame, width)
    inner = top + PADDING + LABEL
    wide = size.left + size.right
    yield _rectangle("frame", axis - size.left, top, wide, size.height)
    yield _text(axis - size.left + 10, top + 17, frame.label, "title")
    yield from _wire(axis, top, inner, frame.items[0] if frame.items else None)
    yield from _chain(frame.items, axis, inner, width)
    yield _line(f"M{axis:.1f} {top + size.height - FOOT:.1f}V{top + size.height:.1f}")


def _fork(fork: Fork, axis: float, top: float, width: float) -> Iterator[str]:
    size = extent(fork, width)
    meeting = top + size.height - JOINT
    half = JOINT if fork.merge == "add" else CONCAT
    for branch, aside in zip(fork.branches, axes(fork, width), strict=True):
        room = size.height - 2 * GAP - 2 * JOINT
        high = extent(branch, width).height
        start = top + GAP + (room - high) / 2
        if not aside:
            start = top + GAP if branch else meeting - JOINT
            yield from _wire(axis, top, start, branch[0] if branch else None)
            yield from _chain(branch, axis, start, width)
            yield from _wire(axis, start + high, meeting - JOINT, None)
            yield from _head(axis, meeting - JOINT, "down")
        else:
            yield from _arc(axis, axis + aside, top, (start, start + high), meeting, half)
            yield from _head(axis + aside, start, "down") if branch else ()
            yield from _chain(branch, axis + aside, start, width)
    yield from _joint(fork, axis, meeting, half)


def _arc(
    axis: float, aside: float, top: float, between: tuple[float, float], meeting: float, half: float
) -> Iterator[str]:
    """From the axis out to a branch, and from the branch back to where the branches meet."""
    side = 1 if aside > axis else -1
    bend, start, end = BEND * side, *between
    yield _line(
        f"M{axis:.1f} {top:.1f}H{aside - bend:.1f}q{bend} 0 {bend} {BEND}V{start:.1f}M{aside:.1f} "
        f"{end:.1f}V{meeting - BEND:.1f}q0 {BEND} {-bend} {BEND}H{axis + side * half:.1f}"
    )
    yield from _head(axis + side * half, meeting, "left" if side > 0 else "right")


def _joint(fork: Fork, axis: float, meeting: float, half: float) -> Iterator[str]:
    sign = "+" if fork.merge == "add" else "concat"
    yield (
        f'<rect class="join" x="{axis - half:.1f}" y="{meeting - JOINT:.1f}" '
        f'width="{2 * half:.1f}" height="{2 * JOINT:.1f}" rx="{JOINT:.1f}"/>'
    )
    yield _text(axis, meeting + 4, sign, "middle")
    message = [*fork.notes, *([_shape(fork.shape)] if fork.merge == "concat" else [])]
    yield _text(axis + 8, meeting + JOINT + 14, ", ".join(message), "quiet") if message else ""


def _wire(axis: float, begin: float, end: float, item: Item | None) -> Iterator[str]:
    """A line down the axis, with a head where it comes to a box."""
    yield _line(f"M{axis:.1f} {begin:.1f}V{end:.1f}")
    if isinstance(item, Box):
        yield from _head(axis, end, "down")


def _head(x: float, y: float, way: Literal["down", "left", "right"]) -> Iterator[str]:
    tips = {"down": "-4 -8 4 2 4 -2z", "left": "8 -4 -2 4 2 4z", "right": "-8 -4 2 4 -2 4z"}
    yield f'<path class="head" d="M{x:.1f} {y:.1f}l{tips[way]}"/>'


def _line(path: str) -> str:
    return f'<path class="line" d="{path}"/>'


def _rectangle(kind: str, left: float, top: float, wide: float, high: float) -> str:
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" '
        f'height="{high:.1f}" rx="6"/>'
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _shape(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _cut(text: str, room: float, beside: str) -> str:
    """As much of ``words`` as fits beside other words."""
    letters = int(room / LETTER) - len(beside)
    return text if len(text) <= letters else f"{text[: max(letters - 1, 1)]}…"
