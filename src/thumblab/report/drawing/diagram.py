"""What there is to draw of an architecture: boxes, forks, frames; nothing yet of where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import prod
from typing import Literal

from thumblab.core.layer import Layer, Shape
from thumblab.layers import Frozen, Identity, Parallel, Sequential, Unused

PLAIN = ("channels", "units", "width", "rate")
"""Numbers that are shown without their names."""
ALWAYS, NEVER = ("kernel",), ("momentum", "eps", "padding")
"""Usual numbers that are shown all the same; a tooltip has them all."""


@dataclass(frozen=True)
class Box:
    """A layer, with those behind it that leave the shape as it is and cost nothing.

    Attributes:
        title: The layer in a few words.
        notes: The layers behind it, in a few words each.
        reads: Shape that it reads.
        shape: Shape that it writes.
        flops: Operations for one sample.
        parameters: Of all of them, statistics included.
        trained: Whether any of them has weights that train.
        whole: The layers with all they say, for the tooltip.
    """

    title: str
    notes: tuple[str, ...]
    reads: Shape
    shape: Shape
    flops: int
    parameters: int
    trained: bool
    whole: str


@dataclass(frozen=True)
class Fork:
    """Branches that read one input.

    Attributes:
        branches: At least one; one without items is a plain connection.
        merge: How their outputs become one.
        shape: What comes out.
        notes: Layers behind it that leave the shape as it is, in a few words each.
    """

    branches: tuple[Chain, ...]
    merge: Literal["add", "concat"]
    shape: Shape
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framed:
    """Items that something is said of as a whole, such as ``× 3``."""

    items: Chain
    label: str


Item = Box | Fork | Framed
Chain = tuple[Item, ...]


def diagram(model: Layer, x: Shape) -> Chain:
    """The items of ``model`` when it reads samples of shape ``x``, in the order data flow.

    Blocks that follow one another with equal layers and shapes are one frame, labeled with their
    number.

    Raises:
        ShapeError: If the layers do not fit together.
    """
    model.out_shape(x)
    return _gathered(_items(model, x, True))


def _items(layer: Layer, x: Shape, trains: bool) -> list[Item]:
    """``trains`` is whether weights in this part of the network are trained."""
    if isinstance(layer, Sequential):
        return _sequence([(child, shape) for _, child, shape in layer.inside(x)], trains)
    if isinstance(layer, Parallel):
        inner = [_items(branch, shape, trains) for _, branch, shape in layer.inside(x)]
        return [Fork(tuple(map(_gathered, inner)), layer.merge, layer.out_shape(x))]
    if isinstance(layer, Frozen):
        return [Framed(_gathered(_items(layer.layer, x, False)), "frozen")]
    return [] if isinstance(layer, Identity) else [_box(layer, x, trains)]


def _sequence(steps: Sequence[tuple[Layer, Shape]], trains: bool) -> list[Item]:
    items: list[Item] = []
    place = 0
    while place < len(steps):
        period, times = _repeats(steps[place:])
        found = [item for step in steps[place : place + period] for item in _items(*step, trains)]
        items += [Framed(_gathered(found), f"× {times}")] if times > 1 else found
        place += period * times
    return items


def _repeats(steps: Sequence[tuple[Layer, Shape]]) -> tuple[int, int]:
    """How many steps make the block that stands first, and how often it stands there.

    A block begins with a container: single leaves that follow one another are all drawn.
    """
    if not isinstance(steps[0][0], Sequential | Parallel):
        return 1, 1
    for period in range(1, len(steps) // 2 + 1):
        times = 1
        while steps[times * period : (times + 1) * period] == steps[:period]:
            times += 1
        if times > 1:
            return period, times
    return 1, 1


def _box(layer: Layer, x: Shape, trains: bool) -> Box:
    owned = layer.weights(x).values()
    return Box(
        title=_title(layer),
        notes=(),
        reads=x,
        shape=layer.out_shape(x),
        flops=layer.flops(x),
        parameters=sum(prod(weight.shape) for weight in owned),
        trained=trains and _learns(layer, x),
        whole=str(layer),
    )


def _learns(layer: Layer, x: Shape) -> bool:
    """Whether it has weights that receive a gradient."""
    trained = any(weight.trained for weight in layer.weights(x).values())
    return trained and not isinstance(layer, Unused)


def _gathered(items: Sequence[Item]) -> Chain:
    """Items with the boxes that change nothing but values taken into the box or fork before them."""
    found: list[Item] = []
    for item in items:
        before = found[-1] if found else None
        light = isinstance(item, Box) and item.flops == 0 and item.reads == item.shape
        if light and isinstance(item, Box) and isinstance(before, Box | Fork):
            found[-1] = _with(before, item)
        else:
            found.append(item)
    return tuple(found)


def _with(before: Box | Fork, box: Box) -> Box | Fork:
    notes = (*before.notes, box.title)
    if isinstance(before, Fork):
        return replace(before, notes=notes)
    return replace(
        before,
        notes=notes,
        parameters=before.parameters + box.parameters,
        trained=before.trained or box.trained,
        whole=f"{before.whole}\n{box.whole}",
    )


def _title(layer: Layer) -> str:
    """Name, and numbers that are not as they are anyway.

    >>> from thumblab.layers import Conv, Dropout
    >>> _title(Conv(32, kernel=5, bias=False)), _title(Dropout(0.3))
    ('Conv 32, kernel 5', 'Dropout 0.3')
    """
    message = []
    for field in fields(layer):
        value = getattr(layer, field.name)
        if isinstance(value, Layer):
            message.append(_title(value))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            continue
        elif field.name in PLAIN:
            message.append(f"{value:g}")
        elif field.name in ALWAYS or (value != field.default and field.name not in NEVER):
            message.append(f"{field.name} {value:g}")
    return f"{type(layer).__name__} {', '.join(message)}".rstrip()
