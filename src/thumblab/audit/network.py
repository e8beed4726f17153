"""The trained network of a run on the NumPy engine, with plain rules, to be looked into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.examined import Examined
from thumblab.core.layer import Layer, weights
from thumblab.core.rules import Backward
from thumblab.engines.numpy import InputTransform, Network
from thumblab.engines.numpy.context import LayerContext, run_rule
from thumblab.losses import CrossEntropy
from thumblab.storage.checkpoint import Arrays

Array = NDArray[Any]

LOOKED_AT = 512
"""Images that are passed through a network to look at its layers, at most."""
LEAST = 32
OPERATIONS = 2e11
"""So many are spent on a look at a network: some seconds on one core."""
AT_ONCE = 64
FEW = 16
"""Images that tell whether a weight is read."""


def plain_network(run: Examined, arrays: Arrays) -> Network:
    """The run's architecture with these weights, in this process, one rule a layer."""
    assert run.kept is not None
    about = run.kept[1]
    network = Network(
        run.experiment.model,
        tuple(about["shape"]),
        dtype=np.float64 if about["precision"] == "float64" else np.float32,
        workers=1,
        rules="reference",
        fused=False,
        input_transform=InputTransform(np.array(about["shift"]), np.array(about["scale"])),
    )
    for name, array in network.arrays.items():
        array[...] = arrays[name]
    return network


def look_into(run: Examined, images: Array, look: Callable[[str, Layer, Array], None]) -> None:
    """Shows ``look`` what each layer writes, as ``(path, layer, output)``, a batch at a time.

    Args:
        run: A run with usable weights.
        images: uint8 ``(n, h, w, c)`` or float32 ``(n, f)``; the first of them are taken.
        look: Called for containers too; an output is ``(samples, *shape)``.
    """
    assert run.kept is not None
    network = plain_network(run, run.kept[0])

    def looking(layer: Layer, x: Array, ctx: LayerContext) -> tuple[Array, Backward]:
        y, backward = run_rule(layer, x, ctx)
        look(ctx.path, layer, y)
        return y, backward

    network.worker.rule = looking
    network.predict(images[: affordable(run, LOOKED_AT)], at_once=AT_ONCE)


def affordable(run: Examined, most: int) -> int:
    """How many images a look at a network may have: ``most``, or fewer where it is large."""
    each = max(float(run.result.get("flops", 0)), 1.0)
    return int(min(most, max(LEAST, OPERATIONS / each)))


def trained_names(run: Examined) -> tuple[str, ...]:
    """Paths of the weights that training moves: no statistics, nothing frozen."""
    assert run.kept is not None
    shape = tuple(run.kept[1]["shape"])
    owned = weights(run.experiment.model, shape)
    return tuple(name for name, weight in owned.items() if weight.trained)


def unread(run: Examined, images: Array, labels: Array) -> tuple[str, ...]:
    """Paths of the weights that no output depends on.

    Those without any gradient are drawn anew, in the trained network and in the one that training began
    with, since in one of them a dead layer may hide what stands before it.
    """
    assert run.kept is not None
    few, wanted = images[:FEW], labels[:FEW]
    names = trained_names(run)
    for arrays in filter(None, (run.kept[0], run.initial)):
        network = plain_network(run, arrays)
        network.gradients(few, wanted, CrossEntropy())
        names = tuple(name for name in names if not network.grads[name].any())
        before = network.outputs(few)
        names = tuple(name for name in names if not _changes(network, name, few, before))
    return names


def _changes(network: Network, name: str, images: Array, before: Array) -> bool:
    weight = network.arrays[name]
    kept = weight.copy()
    draw = np.random.default_rng(0)
    weight[...] = kept + draw.standard_normal(kept.shape) * max(float(kept.std()), 0.1)
    after = network.outputs(images)
    weight[...] = kept
    return not np.array_equal(before, after)
