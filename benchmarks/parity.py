"""How far the NumPy engine's numbers lie from PyTorch's, beside how far PyTorch's lie from its own.

    python benchmarks/parity.py --model seven_layer --batches 100 --dtype float32

Before every step PyTorch's weights are copied over, with dropout off. Then the losses of the two engines are
compared, and the gradient of every weight with the one that PyTorch computes in float64. The yardstick is
PyTorch itself: its two layouts, contiguous and channels_last, from each other and from float64. Where
two pixels of a pool nearly tie, one rounding decides which of them learns: now and then any float32 engine is
1e-3 away from float64, with a yardstick as long. Free-running curves, which part by themselves, are shown
beside. Prints one JSON value.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

import thumblab.zoo
from thumblab.core.layer import Layer, swap
from thumblab.core.rules import torch_twin
from thumblab.data import Cifar10, Standard, read, statistics
from thumblab.engines.numpy import Door, Network
from thumblab.layers import Dropout, Identity
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, torch_optimizer

Grads = dict[str, np.ndarray]
LOSS, OPTIMIZER, RATE = CrossEntropy(), SGD(momentum=0.9), 0.02
CHARACTERS = ("characters_cnn", "lenet5", "r2_cnn", "r2_res")
"""Models that usually read characters; the others read photographs."""
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


@dataclass(frozen=True, eq=False)
class Batches:
    """Images ``(n, h, w, c)`` and labels to draw batches from, and their normalisation."""

    images: np.ndarray
    labels: np.ndarray
    shift: np.ndarray
    scale: np.ndarray

    def draw(self, count: int, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """``count`` batches, the same at every call."""
        rng = np.random.default_rng(0)
        for _ in range(count):
            rows = rng.integers(0, len(self.labels), size)
            yield self.images[rows], self.labels[rows]


def usual(name: str) -> tuple[tuple[int, int, int], int]:
    """The images ``(c, h, w)`` that a model of the zoo usually reads, and their classes."""
    return ((1, 28, 28), 47) if name in CHARACTERS else ((3, 32, 32), 10)


def synthetic(shape: tuple[int, ...], classes: int, samples: int = 2000) -> Batches:
    """A blurred template for each class, with noise: learnable, and of all grey levels."""
    rng = np.random.default_rng(0)
    c, h, w = shape
    templates = rng.uniform(0, 255, (classes, h // 4, w // 4, c)).repeat(4, 1).repeat(4, 2)
    labels = rng.integers(0, classes, samples)
    noisy = templates[labels] + rng.normal(0, 60, (samples, h, w, c))
    return normalised(noisy.clip(0, 255).astype(np.uint8), labels)


def normalised(images: np.ndarray, labels: np.ndarray) -> Batches:
    """Batches with the statistics of their own images."""
    return Batches(images, labels, *statistics(Standard(), images))


class Torch:
    """The torch twin of a model in one dtype and one layout."""

    def __init__(
        self, model: Layer, shape: tuple[int, ...], data: Batches, dtype: Any, layout: Any
    ) -> None:
        self.module = torch_twin(model, shape, torch).to(dtype).to(memory_format=layout).train()
        self.data, self.dtype, self.layout = data, dtype, layout
        self.optimizer = torch_optimizer(OPTIMIZER, self.module.parameters(), torch)

    def load(self, state: Grads) -> None:
        """Takes over weights and statistics."""
        self.module.load_state_dict({k: torch.tensor(v) for k, v in state.items()}, strict=False)

    def state(self) -> Grads:
        """Weights and statistics by path."""
        named = self.module.state_dict().items()
        return {name: value.numpy().copy() for name, value in named if "num_batches" not in name}

    def gradients(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, Grads]:
        """The loss of a batch and the gradient of every weight."""
        self.optimizer.zero_grad()
        logits = self.module(self._normalised(images))
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
        loss.backward()
        named = self.module.named_parameters()
        return loss.item(), {name: p.grad.numpy().astype(np.float64) for name, p in named}

    def logits(self, images: np.ndarray) -> np.ndarray:
        """What the module says of images in prediction."""
        self.module.eval()
        with torch.inference_mode():
            logits = self.module(self._normalised(images)).numpy()
        self.module.train()
        return logits

    def _normalised(self, images: np.ndarray) -> Any:
        """Images as the module reads them."""
        shift, scale = (torch.tensor(v).to(self.dtype) for v in (self.data.shift, self.data.scale))
        x = (torch.tensor(images).to(self.dtype) - shift) * scale
        return x.permute(0, 3, 1, 2).contiguous(memory_format=self.layout)

    def move(self) -> None:
        """Moves the weights by the gradients found last."""
        for group in self.optimizer.param_groups:
            group["lr"] = RATE
        self.optimizer.step()


def open_networks(
    model: Layer, shape: tuple[int, ...], data: Batches, dtype: str
) -> dict[str, Network]:
    """The NumPy engine as it is by default, and with ``precise`` where it offers that."""
    options: dict[str, dict[str, Any]] = {"numpy": {}}
    if "precise" in inspect.signature(Network).parameters:
        options = {"numpy": {"precise": False}, "numpy_precise": {"precise": True}}
    door = Door(data.shift, data.scale)
    return {
        name: Network(model, shape, dtype=dtype, shards=2, door=door, **extra)
        for name, extra in options.items()
    }


def distance(found: np.ndarray, exact: np.ndarray) -> float:
    """Euclidean distance relative to the exact one's length."""
    length = float(np.linalg.norm(exact))
    return float(np.linalg.norm(found - exact)) / (length or 1.0)


def steps_from_equal_weights(
    model: Layer, shape: tuple[int, ...], data: Batches, dtype: str, count: int, size: int
) -> dict[str, Any]:
    """Every step from the same weights: largest difference of losses, and gradients beside the yardstick."""
    kind = getattr(torch, dtype)
    plain, last = (Torch(model, shape, data, kind, layout) for layout in LAYOUTS.values())
    exact = Torch(model, shape, data, torch.float64, torch.contiguous_format)
    networks = open_networks(model, shape, data, dtype)
    plain.load(next(iter(networks.values())).weights())
    losses: dict[str, list[float]] = {name: [] for name in ("torch_channels_last", *networks)}
    gaps: dict[str, list[dict[str, float]]] = {
        name: [] for name in ("layouts", "yardstick", *networks)
    }
    for images, labels in data.draw(count, size):
        state = plain.state()
        for twin in (last, exact):
            twin.load(state)
        loss, grads = plain.gradients(images, labels)
        loss_last, grads_last = last.gradients(images, labels)
        _, wanted = exact.gradients(images, labels)
        losses["torch_channels_last"].append(abs(loss_last - loss) / loss)
        gaps["layouts"].append({n: distance(grads_last[n], grads[n]) for n in grads})
        far = [{n: distance(each[n], wanted[n]) for n in grads} for each in (grads, grads_last)]
        gaps["yardstick"].append(
            {n: max(gap[n] for gap in (gaps["layouts"][-1], *far)) for n in grads}
        )
        for name, network in networks.items():
            network.load({f"weights.{path}": array for path, array in state.items()})
            ours, _ = network.gradients(images, labels, LOSS)
            losses[name].append(abs(ours - loss) / loss)
            gaps[name].append({n: distance(network.grads[n], wanted[n]) for n in wanted})
        plain.move()
    found = {name: {"loss_worst": max(values)} for name, values in losses.items()}
    for name in networks:
        found[name] |= compare(gaps[name], gaps["layouts"], gaps["yardstick"], np.finfo(dtype).eps)
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
    for name in ours[0]:
        mine, apart, theirs = (
            np.array([step[name] for step in steps]) for steps in (ours, layouts, yardstick)
        )
        ratios = mine / np.maximum(theirs, eps)
        every.append(ratios)
        weights[name] = {
            "distance": rms(mine),
            "torch_layouts": rms(apart),
            "torch_yardstick": rms(theirs),
            "ratio": rms(mine) / max(rms(theirs), eps),
            "ratio_median": float(np.median(ratios)),
            "ratio_worst_batch": float(ratios.max()),
        }
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
    model: Layer, shape: tuple[int, ...], data: Batches, dtype: str, count: int, size: int
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
                images, labels, loss=LOSS, optimizer=OPTIMIZER, rate=RATE, step=step
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
) -> dict[str, Any]:
    """All figures for a model of the zoo, on CIFAR-10 in ``folder`` or on synthetic images."""
    torch.manual_seed(0)
    shape, classes = usual(name)
    model = swap(getattr(thumblab.zoo, name)(classes), Dropout, Identity())
    if folder is None:
        data = synthetic(shape, classes)
    else:
        part = read(Cifar10(), folder).train
        data = normalised(part.images, part.labels)
    found: dict[str, Any] = {
        "model": name,
        "data": "synthetic" if folder is None else "cifar10",
        "dtype": dtype,
        "batches": batches,
        "batch": size,
        "steps": steps_from_equal_weights(model, shape, data, dtype, batches, size),
    }
    if free:
        found["free_running"] = free_running(model, shape, data, dtype, batches, size)
    return found | {"load": round(os.getloadavg()[0], 2), "torch": torch.__version__}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--model", default="seven_layer")
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--from", dest="folder", type=Path, help="a folder with CIFAR-10's files")
    options = parser.parse_args()
    torch.set_num_threads(2)
    found = parity(
        options.model,
        batches=options.batches,
        dtype=options.dtype,
        size=options.batch,
        folder=options.folder,
    )
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
