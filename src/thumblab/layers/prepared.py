"""The walk that fits a network's layers to data, one after another, before training."""

from __future__ import annotations

from collections.abc import Callable

from thumblab.core.layer import Layer, Shape, walk
from thumblab.core.rules import Array, has_rule, prepare
from thumblab.layers.sequential import Sequential

Run = Callable[[str, Layer, Array, dict[str, Array]], Array]


def prepared(model: Layer, x: Array, run: Run, path: str = "") -> dict[str, Array]:
    """Weights of ``model`` that are fitted to data, by their paths; empty if no layer wants any.

    Each is fitted to what it will read: layers before it run with their first weights, or with those
    fitted just now. Nothing runs that no fitted layer reads.

    Args:
        model: The architecture, or a part of it.
        x: Plain samples ``(n, *shape)``, normalized as for training, from training data alone.
        run: ``run(path, layer, x, fitted)`` gives the output of ``layer``, which stands at ``path``
            (``"1.0."``), without training; ``fitted`` are its weights that replace the first ones,
            by full path.
        path: Where ``model`` stands in the network.
    """
    children = list(model.inside(x.shape[1:]))
    if not children:
        return {f"{path}{name}": value for name, value in prepare(model, x).items()}
    wanting = [_wants(child, shape) for _, child, shape in children]
    found: dict[str, Array] = {}
    for place, (name, child, _) in enumerate(children):
        here = f"{path}{name}."
        own = prepared(child, x, run, here) if wanting[place] else {}
        found |= own
        if isinstance(model, Sequential) and any(wanting[place + 1 :]):
            x = run(here, child, x, own)
    return found


def _wants(layer: Layer, x: Shape) -> bool:
    return any(has_rule(prepare, leaf) for _, leaf, _ in walk(layer, x))
