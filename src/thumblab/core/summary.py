"""What can be said of an architecture without running it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from thumblab.core.layer import Layer, Shape, Weight, walk


@dataclass(frozen=True)
class Row:
    """One leaf: its path, what it writes, what it owns and costs per sample."""

    path: str
    layer: Layer
    shape: Shape
    parameters: int
    trainable_parameters: int
    flops: int


@dataclass(frozen=True)
class Summary:
    """The leaves of a model and their sums.

    ``parameters`` counts BatchNorm's running statistics, as Keras does; ``trainable_parameters``
    does not, as PyTorch's ``parameters()``. A multiply-add is 2 ``flops``.
    """

    rows: tuple[Row, ...]
    parameters: int
    trainable_parameters: int
    flops: int

    def __str__(self) -> str:
        cells = [("path", "layer", "output", "parameters", "MFLOP")]
        for row in self.rows:
            shape = "x".join(map(str, row.shape))
            cost = f"{row.flops / 1e6:.2f}" if row.flops else ""
            cells.append((row.path, str(row.layer), shape, f"{row.parameters:,}", cost))
        cells.append(("", "total", "", f"{self.parameters:,}", f"{self.flops / 1e6:.2f}"))
        widths = [max(len(row[i]) for row in cells) for i in range(5)]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if i < 3 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in cells
        )


def summary(model: Layer, x: Shape) -> Summary:
    """The leaves of ``model`` when it reads samples of shape ``x``.

    Raises:
        ShapeError: If the layers do not fit together.
    """
    model.out_shape(x)
    rows = []
    for prefix, layer, shape in walk(model, x):
        owned = layer.weights(shape).values()
        rows.append(
            Row(
                path=prefix.rstrip("."),
                layer=layer,
                shape=layer.out_shape(shape),
                parameters=_count(list(owned)),
                trainable_parameters=_count([w for w in owned if w.trained]),
                flops=layer.flops(shape),
            )
        )
    return Summary(
        rows=tuple(rows),
        parameters=sum(row.parameters for row in rows),
        trainable_parameters=sum(row.trainable_parameters for row in rows),
        flops=sum(row.flops for row in rows),
    )


def _count(weights: list[Weight]) -> int:
    return sum(prod(weight.shape) for weight in weights)
