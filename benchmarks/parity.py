"""How far the NumPy engine's numbers lie from PyTorch's, beside how far PyTorch's lie from its own.

    python benchmarks/parity.py --model seven_layer --batches 100 --dtype float32

Before every step PyTorch's weights are copied over, with dropout off. Then the losses of the two engines are
compared, and the gradient of every weight with the one that PyTorch computes in float64. The yardstick is
PyTorch itself: its two layouts, contiguous and channels_last, from each other and from float64. ``whole`` is
how far all gradients of the network as one vector lie from float64, and for the NumPy engine how many times
as far as those of PyTorch's farther layout. Where two pixels of a pool nearly tie, or a value is nearly where
its ReLU has its kink, one rounding decides what learns: now and then any float32 engine is 1e-3 away from
float64, with a yardstick as long. With ``--smooth`` no ReLU has a kink, and what is left is rounding alone.
Free-running curves, which part by themselves, are shown beside. Prints one JSON value.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from twin import LAYOUTS, LOSS, OPTIMIZER, RATE, Batches, Grads, Torch, normalized, synthetic, usual

import thumblab.zoo
from thumblab.core.layer import Layer, Shape, swap
from thumblab.data import Cifar10, read
from thumblab.engines.numpy import InputTransform, Network
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.layers import Dropout, Identity, ReLU, SiLU

WHOLE = "whole"
"""All gradients of a network as one, among the names of its weights."""


def open_networks(model: Layer, shape: Shape, data: Batches, dtype: str) -> dict[str, Network]:
    """The NumPy engine as it is by default, and with ``precise``."""
    input_transform = InputTransform(data.shift, data.scale)
    return {
        name: Network(
            model, shape, dtype=dtype, workers=2, input_transform=input_transform, precise=precise
        )
        for name, precise in (("numpy", False), ("numpy_precise", True))
    }


def distances(found: Grads, exact: Grads) -> dict[str, float]:
    """Euclidean distances relative to the exact lengths: of each weight's gradient, and of all as one."""
    apart = {name: float(np.linalg.norm(found[name] - exact[name])) for name in exact}
    lengths = {name: float(np.linalg.norm(exact[name])) for name in exact}
    for each in (apart, lengths):
        each[WHOLE] = float(np.linalg.norm(list(each.values())))
    return {name: apart[name] / (lengths[name] or 1.0) for name in apart}


def steps_from_equal_weights(
    model: Layer, shape: Shape, data: Batches, dtype: str, count: int, size: int
) -> dict[str, Any]:
    """Every step from the same weights: largest difference of losses, and gradients beside the yardstick."""
    twins = {
        f"torch_{name}": Torch(model, shape, data, getattr(torch, dtype), layout)
        for name, layout in LAYOUTS.items()
    }
    plain, last = twins
    exact = Torch(model, shape, data, torch.float64, torch.contiguous_format)
    networks = open_networks(model, shape, data, dtype)
    twins[plain].load(next(iter(networks.values())).weights())
    losses: dict[str, list[float]] = {name: [] for name in (*twins, *networks)}
    far: dict[str, list[dict[str, float]]] = {name: [] for name in losses}
    layouts: list[dict[str, float]] = []
    for images, labels in data.draw(count, size):
        state, grads = twins[plain].state(), dict[str, Grads]()
        exact.load(state)
        _, wanted = exact.gradients(images, labels)
        for name, twin in twins.items():
            twin.load(state)
            loss, grads[name] = twin.gradients(images, labels)
            losses[name].append(loss)
        for name, network in networks.items():
            network.load({f"weights.{path}": array for path, array in state.items()})
            losses[name].append(network.gradients(images, labels, LOSS)[0])
            grads[name] = network.grads
        for name, found in grads.items():
            far[name].append(distances(found, wanted))
        layouts.append(distances(grads[last], grads[plain]))
        twins[plain].move()
    return to_json(losses, far, layouts, plain, np.finfo(dtype).eps)


def to_json(
    losses: dict[str, list[float]],
    far: dict[str, list[dict[str, float]]],
    layouts: list[dict[str, float]],
    plain: str,
    eps: float,
) -> dict[str, Any]:
    """What the steps say of each engine; ``far`` are its distances from float64, one entry a step."""
    theirs = [name for name in far if name.startswith("torch")]
    yardstick = [
        {name: max(step[name] for step in each) for name in each[0]}
        for each in zip(layouts, *(far[name] for name in theirs), strict=True)
    ]
    found: dict[str, Any] = {}
    for name, steps in far.items():
        apart = np.abs(np.subtract(losses[name], losses[plain]))
        whole = np.array([step[WHOLE] for step in steps])
        spread = {"rms": rms(whole), "median": float(np.median(whole)), "largest": whole.max()}
        found[name] = {"loss_worst": float((apart / losses[plain]).max()), WHOLE: spread}
    for name in (name for name in far if name not in theirs):
        for key, value in list(found[name][WHOLE].items()):
            own = max(found[twin][WHOLE][key] for twin in theirs)
            found[name][WHOLE][f"{key}_ratio"] = value / max(own, eps)
        found[name] |= compare(far[name], layouts, yardstick, eps)
    return found


def compare(
    ours: list[dict[str, float]],
    layouts: list[dict[str, float]],
    yardstick: list[dict[str, float]],
    eps: float,
) -> dict[str, Any]:
    """Per weight: root mean square distances over the batches, and ratios to the yardstick.

    Where torch agrees with itself to the last bit, a rounding unit is the yardstick.
    """
    weights = {}
    every = []
    for name in (name for name in ours[0] if name != WHOLE):
        mine, apart, theirs = (
            np.array([step[name] for step in steps]) for steps in (ours, layouts, yardstick)
        )
        ratios = mine / np.maximum(theirs, eps)
        weights[name] = {
            "distance": rms(mine),
            "torch_layouts": rms(apart),
            "torch_yardstick": rms(theirs),
            "ratio": rms(mine) / max(rms(theirs), eps),
            "ratio_median": float(np.median(ratios)),
            "ratio_worst_batch": float(ratios.max()),
        }
        every.append(ratios)
    return {
        "ratio_worst_weight": max(entry["ratio"] for entry in weights.values()),
        "ratio_median_worst_weight": max(entry["ratio_median"] for entry in weights.values()),
        "ratio_worst_batch": float(np.max(every)),
        "share_within_10": float((np.array(every) <= 10).mean()),
        "weights": weights,
    }


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt((values**2).mean()))


def free_running(
    model: Layer, shape: Shape, data: Batches, dtype: str, count: int, size: int
) -> dict[str, list[float]]:
    """Loss curves from one start without copying: both layouts of torch, and the NumPy engine."""
    kind = getattr(torch, dtype)
    networks = open_networks(model, shape, data, dtype)
    twins = {
        f"torch_{name}": Torch(model, shape, data, kind, layout) for name, layout in LAYOUTS.items()
    }
    for twin in twins.values():
        twin.load(next(iter(networks.values())).weights())
    curves: dict[str, list[float]] = {name: [] for name in (*twins, *networks)}
    for step, (images, labels) in enumerate(data.draw(count, size)):
        for name, twin in twins.items():
            curves[name].append(twin.gradients(images, labels)[0])
            twin.move()
        for name, network in networks.items():
            loss, _ = network.train_step(
                images, labels, loss=LOSS, optimizer=OPTIMIZER, learning_rate=RATE, step=step
            )
            curves[name].append(loss)
    return curves


def parity(
    name: str,
    *,
    batches: int,
    dtype: str,
    size: int = 128,
    folder: Path | None = None,
    free: bool = True,
    smooth: bool = False,
) -> dict[str, Any]:
    """All figures for a model of the zoo, on CIFAR-10 in ``folder`` or on synthetic images."""
    torch.manual_seed(0)
    shape, classes = usual(name)
    model = swap(getattr(thumblab.zoo, name)(classes), Dropout, Identity())
    if smooth:
        model = swap(model, ReLU, SiLU())
    if folder is None:
        data = synthetic(shape, classes)
    else:
        part = read(Cifar10(), folder).train
        data = normalized(part.images, part.labels)
    found: dict[str, Any] = {
        "model": name,
        "data": "synthetic" if folder is None else "cifar10",
        "dtype": dtype,
        "smooth": smooth,
        "batches": batches,
        "batch": size,
        "steps": steps_from_equal_weights(model, shape, data, dtype, batches, size),
    }
    if free:
        found["free_running"] = free_running(model, shape, data, dtype, batches, size)
    surroundings = {"engine_version": ENGINE_VERSION, "torch": torch.__version__}
    return found | {"load": round(os.getloadavg()[0], 2), **surroundings}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--model", default="seven_layer")
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--from", dest="folder", type=Path, help="a folder with CIFAR-10's files")
    parser.add_argument("--smooth", action="store_true", help="SiLU in place of every ReLU")
    options = parser.parse_args()
    torch.set_num_threads(2)
    found = parity(
        options.model,
        batches=options.batches,
        dtype=options.dtype,
        size=options.batch,
        folder=options.folder,
        smooth=options.smooth,
    )
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
