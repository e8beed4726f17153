"""A feature extractor: the layers of a network up to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.engines.numpy import InputTransform, Network
from thumblab.layers import Frozen, Parallel, Sequential
from thumblab.storage.checkpoint import Arrays

Array = NDArray[Any]


@dataclass(frozen=True)
class FeatureExtractor:
    """Layers that lead from a network's input to one layer's output, in the order data flow.

    Attributes:
        layers: The layers, the last one included.
        prefixes: Where each stands in the network, such as ``"1.0."``.
        whole: Whether its outputs are the network's: logits, of which no more than classes count.
    """

    layers: tuple[Layer, ...]
    prefixes: tuple[str, ...]
    whole: bool = False

    def network(self, arrays: Arrays, about: dict[str, Any], workers: int | None = None) -> Network:
        """The extractor with its part of a network's weights, on the NumPy engine, whatever trained it.

        Args:
            arrays: Weights of the whole network, by path.
            about: What its weights file says of it.
            workers: Parts of a batch computed side by side; default: as many as cores.
        """
        net = Network(
            Sequential(*self.layers),
            tuple(about["shape"]),
            dtype=np.float64 if about["precision"] == "float64" else np.float32,
            workers=workers,
            input_transform=InputTransform(np.array(about["shift"]), np.array(about["scale"])),
            classes=len(about["classes"]) if self.whole and "classes" in about else None,
        )
        for name, array in net.arrays.items():
            place, _, rest = name.partition(".")
            array[...] = arrays[self.prefixes[int(place)] + rest]
        return net


def feature_extractor(model: Layer, path: str) -> FeatureExtractor:
    """The layers of ``model`` up to the one at ``path``; with an empty path, all of them.

    Of layers side by side only the branch that ``path`` goes into is run.

    Raises:
        UsageError: If there is no such layer.
    """
    stages = _stages(model, path, "")
    layers, prefixes = (tuple(each) for each in zip(*((y, x) for x, y in stages), strict=True))
    return FeatureExtractor(layers, prefixes, whole=_ends(model, path))


def _ends(layer: Layer, path: str) -> bool:
    """Whether what the layer at ``path`` writes is what ``layer`` writes."""
    name, _, rest = path.partition(".")
    if not path or not isinstance(layer, Sequential):
        return not path
    return name == str(len(layer.layers) - 1) and _ends(layer.layers[-1], rest)


def _stages(layer: Layer, path: str, prefix: str) -> list[tuple[str, Layer]]:
    if not path:
        return [(prefix, layer)]
    name, _, rest = path.partition(".")
    children = _children(layer)
    if name not in children:
        inside = f"parts {', '.join(children)}" if children else "no parts"
        where = f"at {prefix.rstrip('.')!r}" if prefix else "the model"
        raise UsageError(
            f"there is no layer at {prefix + path!r}: {type(layer).__name__} {where} has {inside}"
        )
    before = list(children)[: list(children).index(name)] if isinstance(layer, Sequential) else []
    return [
        *((f"{prefix}{each}.", children[each]) for each in before),
        *_stages(children[name], rest, f"{prefix}{name}."),
    ]


def _children(layer: Layer) -> dict[str, Layer]:
    if isinstance(layer, Sequential | Parallel):
        return {str(place): child for place, child in enumerate(layer.layers)}
    return {"layer": layer.layer} if isinstance(layer, Frozen) else {}
