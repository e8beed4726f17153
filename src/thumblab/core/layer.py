"""A layer is data: what to compute, never how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from thumblab.core.notebook import node
from thumblab.core.value import Value

Shape = tuple[int, ...]
"""Shape of one sample: ``(channels, height, width)``, ``(features,)`` or ``(tokens, features)``."""


@dataclass(frozen=True)
class Weight:
    """One array a layer owns.

    Attributes:
        shape: As PyTorch lays it out, ``(out, in, k, k)`` or ``(out, in)``.
        init: Name of a function in ``core.initialize``.
        trained: False for statistics that are gathered and not learned.
        fan_in: Inputs of one unit, for an initializer that needs it and cannot read it off the shape.
    """

    shape: Shape
    init: str = "zeros"
    trained: bool = True
    fan_in: int = 0


@dataclass(frozen=True)
class Layer(Value):
    """A node of an architecture; a leaf, or a container of others."""

    def out_shape(self, x: Shape) -> Shape:
        """Shape of the output for one sample of shape ``x``; raises ``ShapeError`` if it does not fit."""
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        """Arrays this layer owns when it reads samples of shape ``x``."""
        return {}

    def flops(self, x: Shape) -> int:
        """Operations of one forward pass over one sample; a multiply-add counts as 2.

        Only products with weights count, as papers count them.
        """
        return 0

    def inside(self, x: Shape) -> Iterator[tuple[str, Layer, Shape]]:
        """Sublayers as ``(name, layer, shape it reads)``; a leaf has none."""
        return iter(())

    def map(self, edit: Callable[[Layer], Layer]) -> Layer:
        """Copy of this tree with ``edit`` applied to every node, leaves first."""
        return edit(self)

    def _repr_html_(self) -> str:
        """The tree with its arguments, for notebooks; ``summary(model, shape)`` has shapes too."""
        return f"<ul>{_tree(self)}</ul>"


def _tree(layer: Layer) -> str:
    arguments: list[str] = []
    children: list[str] = []
    for each in fields(layer):
        value = getattr(layer, each.name)
        below = value if isinstance(value, tuple) else (value,)
        if below and all(isinstance(child, Layer) for child in below):
            children += map(_tree, below)
        elif value != each.default:
            arguments.append(f"{each.name}={value}")
    return node(type(layer).__name__, ", ".join(arguments), children)


def walk(layer: Layer, x: Shape, prefix: str = "") -> Iterator[tuple[str, Layer, Shape]]:
    """Leaves of the tree as ``(prefix, layer, shape it reads)``, in the order data flow.

    A prefix such as ``"1.0."`` goes before the names of the leaf's weights.
    """
    leaf = True
    for name, child, shape in layer.inside(x):
        leaf = False
        yield from walk(child, shape, f"{prefix}{name}.")
    if leaf:
        yield prefix, layer, x


def weights(model: Layer, x: Shape) -> dict[str, Weight]:
    """Every array of ``model`` by its dotted path, as PyTorch's ``state_dict`` names them."""
    return {
        f"{prefix}{name}": weight
        for prefix, layer, shape in walk(model, x)
        for name, weight in layer.weights(shape).items()
    }


def swap(model: Layer, old: type[Layer], new: Layer) -> Layer:
    """Copy of ``model`` with every layer of type ``old`` replaced by ``new``.

    >>> from thumblab.layers import Dense, Dropout, ReLU, Sequential
    >>> print(swap(Sequential(Dense(8), Dropout(0.5), Dense(2)), Dropout, ReLU()))
    Sequential(Dense(units=8), ReLU(), Dense(units=2))
    """
    return model.map(lambda layer: new if isinstance(layer, old) else layer)
