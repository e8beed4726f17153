"""What can be said of an architecture before it runs: how it wants its input, what it need not compute."""

from __future__ import annotations

from thumblab.core.layer import Layer, Shape, weights
from thumblab.core.rules import fast_forward, has_rule
from thumblab.layers import Flatten, Parallel, Sequential


def reads_nchw(model: Layer, shape: Shape) -> bool:
    """Whether the first layer has no use for the blocked layout, nor any behind it."""
    first = model
    while isinstance(first, Sequential) and first.layers:
        first = first.layers[0]
    no_use = isinstance(first, Flatten) or not has_rule(fast_forward, first)
    return no_use and len(first.out_shape(shape)) < 3


def without_input_grad(model: Layer, shape: Shape) -> dict[str, bool]:
    """Paths whose input gradient is not used; each with whether it has weights to train."""
    return _without_input_grad(model, shape, "", read=False)[0]


def _without_input_grad(
    layer: Layer, x: Shape, path: str, read: bool
) -> tuple[dict[str, bool], bool]:
    """Paths whose input gradient is not used, and whether that of the next layer is.

    Before the first trained weight no gradient is needed. Each path says whether it has
    weights of its own to find gradients for. In what order a container of the user's runs its layers is
    not known: any of them may read what another that trains has written.
    """
    inside = list(layer.inside(x))
    trains = any(weight.trained for weight in weights(layer, x).values())
    paths = {} if read else {path: trains}
    after = read
    for name, child, shape in inside:
        entering = {Sequential: after, Parallel: read}.get(type(layer), read or trains)
        found, child_read = _without_input_grad(child, shape, f"{path}{name}.", entering)
        paths |= found
        after = after or child_read
    return paths, after or trains
