"""Every model of the zoo on both engines from the same weights: logits, losses, gradients.

    python benchmarks/zoo_parity.py --into results/parity/zoo.json
    python benchmarks/zoo_parity.py --models resnet20+vit --batches 50 --json

Dropout is off, and labels are shuffled, since a loss near 0 has no digits to compare. Before each batch
PyTorch's weights, rounded to float32, are copied to every other engine; then PyTorch trains on in float64.
A figure is the worst over the batches (logits: at the first and the last weights) of the largest difference,
divided by the largest of PyTorch's values: of the logits, of the loss, of that weight's gradient. ``rules``
compares the fast rules with the plain ones in float64. ``float32_torch`` is how far PyTorch's own float32
lies from its float64, in its farther layout and the farthest of a few commands of the images: the yardstick
where rounding is amplified, of which the NumPy engine's float32 may be ``MARGIN`` times as far.

A gradient that is nothing but rounding (a bias before BatchNorm has none) has no scale of its own: such
weights are named under ``vanishing`` and divided by the largest gradient of the network. Models that are the
same are measured once and named under ``also``. The exit code is 1 if a bound is exceeded.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from twin import LAYOUTS, LOSS, Batches, Grads, Torch, synthetic, usual

from thumblab.cli.output import say, table
from thumblab.config import zoo_models
from thumblab.core.errors import unknown
from thumblab.core.layer import Layer, Shape, swap
from thumblab.core.summary import summary
from thumblab.core.value import digest
from thumblab.data import Split
from thumblab.engines.numpy import InputTransform, Network
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.layers import Dropout, Identity
from thumblab.storage.files import read_json, write_json
from thumblab.training.initial_weights import fit_layers
from thumblab.zoo import r1_experiment

MODELS = zoo_models() | {
    f"r1_exp_{number}": partial(r1_experiment, number=number) for number in range(1, 18)
}
"""The zoo; the experiments of report R1 each under a name of its own."""
SMALLER: dict[str, dict[str, Any]] = {}
"""Arguments of models that are too large to be measured as they are."""
BOUNDS = {
    "float32": {"logits": 1e-4, "loss": 1e-5},
    "float64": {"logits": 1e-9, "loss": 1e-9, "gradients": 1e-9},
    "rules": {"logits": 1e-9, "loss": 1e-9, "gradients": 1e-9},
}
MARGIN = 10.0
"""How many times as far as the yardstick float32 may lie, where that is more than its bound."""
ORDERS = 3
"""Orders of the same images in which PyTorch computes a loss: one alone can be near by luck."""
NOTHING = 1e-12
"""A gradient this many times smaller than the largest of the network is rounding."""


def apart(found: Any, wanted: Any, scale: float = 0.0) -> float:
    """The largest difference, relative to ``scale`` or to the largest wanted value."""
    difference = float(np.abs(np.subtract(found, wanted)).max())
    return difference / (scale or float(np.abs(wanted).max()) or 1.0)


def apart_by_weight(found: Grads, wanted: Grads) -> tuple[dict[str, float], set[str]]:
    """The distance of each weight's gradient, and the weights whose gradient is rounding alone."""
    largest = {name: float(np.abs(gradient).max()) for name, gradient in wanted.items()}
    whole = max(largest.values())
    nothing = {name for name, value in largest.items() if value < NOTHING * whole}
    scales = {name: whole if name in nothing else largest[name] for name in wanted}
    return {name: apart(found[name], wanted[name], scales[name]) for name in wanted}, nothing


class Engines:
    """A model in float32 and float64 on both engines, and by the plain rules.

    Attributes:
        worst: The largest distances so far, by comparison and quantity.
        farthest: The weight whose gradient in float64 lies farthest.
        vanishing: Weights whose gradient was rounding alone.
    """

    def __init__(self, model: Layer, shape: Shape, data: Batches) -> None:
        input_transform = InputTransform(data.shift, data.scale)
        layout = LAYOUTS["contiguous"]
        self.exact = Torch(model, shape, data, torch.float64, layout)
        self.singles = [Torch(model, shape, data, torch.float32, each) for each in LAYOUTS.values()]
        self.fast, self.plain, self.fast32 = (
            Network(
                model, shape, dtype=dtype, workers=1, rules=rules, input_transform=input_transform
            )  # type: ignore[arg-type]
            for dtype, rules in (("f8", "fast"), ("f8", "reference"), ("f4", "fast"))
        )
        self.worst: dict[str, dict[str, float]] = defaultdict(dict)
        self.farthest, self.vanishing = "", set[str]()
        fit_layers(self.fast, model, Split(data.images, data.labels), input_transform)
        self.share(self.fast.weights())

    def share(self, state: Grads) -> None:
        """Gives every engine the same weights, rounded to float32."""
        rounded = {name: array.astype(np.float32) for name, array in state.items()}
        for twin in (self.exact, *self.singles):
            twin.load(rounded)
        for network in (self.fast, self.plain, self.fast32):
            network.load({f"weights.{name}": array for name, array in rounded.items()})

    def predict(self, images: np.ndarray) -> None:
        """Compares logits."""
        exact, fast = self.exact.logits(images), self.fast.predict(images)
        single, *others = (twin.logits(images) for twin in self.singles)
        self._note("float32", "logits", apart(self.fast32.predict(images), single))
        self._note("float64", "logits", apart(fast, exact))
        self._note("rules", "logits", apart(fast, self.plain.predict(images)))
        for each in (single, *others):
            self._note("float32_torch", "logits", apart(each, exact))

    def train(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Compares losses and gradients, then trains one step."""
        exact, wanted = self.exact.gradients(images, labels)
        single, *others = self._singles(images, labels)
        fast, plain, fast32 = (
            network.gradients(images, labels, LOSS)[0]
            for network in (self.fast, self.plain, self.fast32)
        )
        self._note("float32", "loss", apart(fast32, single))
        self._note("float64", "loss", apart(fast, exact))
        self._note("rules", "loss", apart(fast, plain))
        for each in (single, *others):
            self._note("float32_torch", "loss", apart(each, exact))
        rules, _ = apart_by_weight(self.fast.grads, self.plain.grads)
        self._note("rules", "gradients", max(rules.values()))
        found, vanishing = apart_by_weight(self.fast.grads, wanted)
        far = max(found, key=found.__getitem__)
        if self._note("float64", "gradients", found[far]):
            self.farthest = far
        self.vanishing |= vanishing
        self.exact.move()
        self.share(self.exact.state())

    def _singles(self, images: np.ndarray, labels: np.ndarray) -> Iterator[float]:
        """The loss in PyTorch's float32, by each layout and in each command of the images."""
        for command in (np.roll(np.arange(len(labels)), turn) for turn in range(ORDERS)):
            yield from (twin.loss(images[command], labels[command]) for twin in self.singles)

    def allowed(self, comparison: str, quantity: str) -> float:
        """How large a distance may be."""
        bound = BOUNDS[comparison][quantity]
        if comparison != "float32":
            return bound
        return max(bound, MARGIN * self.worst["float32_torch"][quantity])

    def _note(self, comparison: str, quantity: str, gap: float) -> bool:
        """Whether ``gap`` is the largest so far; one that is not finite counts as infinite."""
        gap = gap if np.isfinite(gap) else np.inf
        before = self.worst[comparison].get(quantity, -1.0)
        self.worst[comparison][quantity] = max(before, gap)
        return gap > before


def measure(model: Layer, shape: Shape, classes: int, *, batches: int, size: int) -> dict[str, Any]:
    """All figures of one architecture, and whether they are within the bounds."""
    torch.manual_seed(0)
    model, data = swap(model, Dropout, Identity()), synthetic(shape, classes)
    data = replace(data, labels=np.random.default_rng(1).permutation(data.labels))
    engines = Engines(model, shape, data)
    engines.predict(data.images[:size])
    for number, (images, labels) in enumerate(data.draw(batches, size), 1):
        engines.train(images, labels)
        if number % 10 == 0:
            say(f"  {number} of {batches} batches")
    engines.predict(data.images[:size])
    worst = engines.worst
    within = all(worst[c][q] <= engines.allowed(c, q) for c in BOUNDS for q in BOUNDS[c])
    measured = {"farthest": engines.farthest, "vanishing": sorted(engines.vanishing)}
    return {**worst, **measured, "within": within}


def row(name: str, also: Sequence[str], *, batches: int, size: int) -> dict[str, Any]:
    """One model of the zoo, with what was measured."""
    started = time.perf_counter()
    shape, classes = usual(name)
    arguments = SMALLER.get(name, {})
    model = MODELS[name](classes, **arguments)
    found = measure(model, shape, classes, batches=batches, size=size)
    return {
        "model": name,
        "also": list(also),
        "arguments": arguments,
        "shape": list(shape),
        "classes": classes,
        "parameters": summary(model, shape).trainable_parameters,
        "batches": batches,
        "batch": size,
        **found,
        "engine": ENGINE_VERSION,
        "torch": torch.__version__,
        "seconds": round(time.perf_counter() - started, 1),
    }


def groups() -> dict[str, list[str]]:
    """Every name of the zoo, with all the names of the same architecture."""
    same = defaultdict[str, list[str]](list)
    for name, function in MODELS.items():
        shape, classes = usual(name)
        same[str(shape) + digest(function(classes))].append(name)
    return {name: names for names in same.values() for name in names}


def asked(models: str | None) -> dict[str, list[str]]:
    """The models to measure, each with the others that it stands for."""
    same = groups()
    for name in models.split("+") if models else []:
        if name not in same:
            raise unknown("model", name, same)
    names = models.split("+") if models else list({id(g): g[-1] for g in same.values()}.values())
    return {name: [other for other in same[name] if other != name] for name in names}


def to_text(rows: Sequence[dict[str, Any]]) -> str:
    """The figures for people."""
    columns = [(c, q) for c in (*BOUNDS, "float32_torch") for q in BOUNDS.get(c, BOUNDS["float32"])]
    cells = []
    for each in rows:
        figures = [f"{each[comparison][quantity]:.0e}" for comparison, quantity in columns]
        cells.append([each["model"], "yes" if each["within"] else "NO", *figures])
    return table(["model", "within", *map(" ".join, columns)], cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """1 if a bound is exceeded."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--models", help="names joined by +; every model if left out")
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--batch", type=int, default=6, help="images a batch")
    parser.add_argument(
        "--into",
        type=Path,
        help="a file of rows; models that it has of this engine are passed over",
    )
    parser.add_argument("--json", action="store_true", help="print the rows as one JSON value")
    options = parser.parse_args(arguments)
    torch.set_num_threads(2)
    rows = read_json(options.into) if options.into and options.into.exists() else []
    for name, also in asked(options.models).items():
        known = [each for each in rows if name in (each["model"], *each["also"])]
        if any(each["engine"] == ENGINE_VERSION for each in known):
            continue
        say(f"{name}, {options.batches} batches of {options.batch}")
        rows = [each for each in rows if each not in known]
        rows.append(row(name, also, batches=options.batches, size=options.batch))
        if options.into:
            write_json(options.into, rows)
    print(json.dumps(rows) if options.json else to_text(rows))
    return 0 if all(each["within"] for each in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
