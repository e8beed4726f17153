"""What each step of the NumPy engine gains: a training step with all of them, and with one left out.

    python benchmarks/gains.py --json > results/speed/gains.json     measures
    python benchmarks/gains.py --table results/speed/gains.json      shows it as docs/engine.md does

Every variant runs in a process of its own; they take turns, a burst each, and a gain is the median over the
rounds of the time without the step divided by the time of the whole engine.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import statistics
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from thumblab.bench.benchmark import THREADS, speedup, take_turns
from thumblab.bench.step import RATE, SCALE, SHIFT, SUBJECTS, environment, job
from thumblab.bench.worker import Worker, serve
from thumblab.engines.numpy import InputTransform, Network, memory
from thumblab.engines.numpy.memory import Workspace
from thumblab.kernels import layout, lowering, products, winograd
from thumblab.kernels.conv_shape import ConvShape
from thumblab.layers import dense
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD
from thumblab.runs.environment import environment as machine

MODELS = ("baseline_cnn", "lenet5", "seven_layer", "vgg_like", "resnet20", "wide", "vit", "mlp")
WHOLE = "whole"
BURST_SECONDS = 0.4
Replaced = tuple[Any, str, Any]
"""``(owner, name, value)``: what is set while a step is left out."""


@dataclass(frozen=True)
class Step:
    """One thing that the engine does to be fast.

    Attributes:
        name: What it does.
        instead: What is done where it is left out.
        options: Of the network that leaves it out.
        replace: What is replaced in the engine to leave it out.
        batch: Images, where the usual batch would take too long.
    """

    name: str
    instead: str
    options: dict[str, Any] = field(default_factory=dict)
    replace: Callable[[], list[Replaced]] = list
    batch: int | None = None


def lowered() -> list[Replaced]:
    """Row lowering in the place of Winograd."""

    def convolve(x: Any, weight: Any, bias: Any, m: int, *rest: Any) -> Any:
        height, width, pad = x.shape[1] - 2, x.shape[2] - 2, ((1, 1), (1, 1))
        shape = ConvShape(weight.shape[1], len(weight), height, width, 3, 1, pad)
        return lowering.convolve(x, weight, bias, shape, *rest)

    return [(winograd, "convolve", convolve)]


def small_tiles() -> list[Replaced]:
    """Tiles of 2x2 everywhere."""
    whole = winograd.convolve
    return [
        (winograd, "convolve", lambda x, weight, bias, m, *rest: whole(x, weight, bias, 2, *rest))
    ]


def unfolded() -> list[Replaced]:
    """Every window copied out, in the place of views that overlap."""
    lower = lowering.unfold

    def unfold(x: Any, kernel: int, stride: int, counts: tuple[int, int], lend: Any) -> Any:
        view = lower(x, kernel, stride, counts, lend)
        copy = lend(view.shape)
        copy[...] = view
        return copy

    return [(lowering, "unfold", unfold)]


def allocated() -> list[Replaced]:
    """New memory at every wish."""

    def lend(self: Any, kind: str, shape: tuple[int, ...], dtype: Any) -> Any:
        return np.zeros(shape, dtype) if kind == "bordered" else np.empty(shape, dtype)

    def scratch(self: Any, name: str, size: int) -> Any:
        return np.empty(size, self.dtype)

    return [(Workspace, "_lend", lend), (Workspace, "scratch", scratch)]


def small_pages() -> list[Replaced]:
    """Memory in the pages that the system gives unasked."""
    return [(memory, "_huge", lambda size: mmap.mmap(-1, max(memory.PIECE, size)))]


STEPS = {
    "rules": Step(
        "all rules on the blocked layout", "the plain rules", {"rules": "reference"}, batch=32
    ),
    "lowering": Step("row lowering", "every window copied out", replace=unfolded),
    "winograd": Step("Winograd", "row lowering", replace=lowered),
    "tiles": Step("tiles of 4x4, F(4x4, 3x3)", "F(2x2, 3x3)", replace=small_tiles),
    "products": Step(
        "products that need no packing",
        "products as they come",
        replace=lambda: [(products, "LARGEST", sys.maxsize)],
    ),
    "strips": Step(
        "strips that stay in the cache",
        "the whole part of a batch at once",
        replace=lambda: [(winograd, "STRIP", sys.maxsize), (layout, "STRIP", sys.maxsize)],
    ),
    "fusion": Step("fused layers", "one layer after the other", {"fused": False}),
    "memory": Step("kept memory", "new arrays at every step", replace=allocated),
    "pages": Step("huge pages", "pages of 4 KiB", replace=small_pages),
    "units": Step(
        "wide dense layers cut by units",
        "by samples",
        replace=lambda: [(dense, "MANY", sys.maxsize)],
    ),
    "workers": Step("two workers", "one", {"workers": 1}),
    "processes": Step("workers that are processes", "threads", {"kind": "threads"}),
}


@dataclass(frozen=True)
class Gain:
    """What one step gains on one model: ``gain`` is how many times slower it is without.

    ``spread`` is (largest - smallest) / median over the rounds.
    """

    step: str
    model: str
    batch: int
    whole_ms: float
    without_ms: float
    gain: float
    spread: float


def training(options: dict[str, Any], model: str, batch: int) -> Callable[[], tuple[float, int]]:
    """A training step of a model of the benchmark."""
    what = job(SUBJECTS[model], batch, "train", THREADS)
    input_transform = InputTransform(np.full(1, SHIFT), np.full(1, SCALE))
    network = Network(
        what.model, what.shape, input_transform=input_transform, **{"workers": THREADS, **options}
    )
    loss, optimizer = CrossEntropy(), SGD()
    return lambda: network.train_step(
        what.images, what.labels, loss=loss, optimizer=optimizer, learning_rate=RATE, step=0
    )


def live(step: str, model: str, batch: str) -> None:
    """The life of a worker."""
    left_out = STEPS.get(step, Step(WHOLE, ""))
    for owner, name, value in left_out.replace():
        setattr(owner, name, value)
    serve(lambda: training(left_out.options, model, int(batch)))


def measure(model: str, batch: int, steps: Iterable[str], rounds: int) -> list[Gain]:
    """Gains of those ``steps`` that are measured at the same batch."""
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(
                Worker([__file__, "serve", name, model, str(batch)], environment("numpy", THREADS))
            )
            for name in (WHOLE, *steps)
        }
        times = take_turns(workers, rounds, BURST_SECONDS)
    whole = times.pop(WHOLE)
    gains = []
    for name, own in times.items():
        ratios = [without / with_it for without, with_it in zip(own, whole, strict=True)]
        gain = speedup({WHOLE: whole, name: own}, WHOLE, name) or 0.0
        spread = (max(ratios) - min(ratios)) / statistics.median(ratios)
        ms = [round(1e3 * statistics.median(seconds), 2) for seconds in (whole, own)]
        gains.append(Gain(name, model, batch, *ms, gain, round(spread, 3)))
    return gains


def series(
    models: Iterable[str], batch: int, rounds: int, names: Iterable[str] = STEPS
) -> dict[str, Any]:
    """The gains of the steps called ``names`` on all models; says on standard error where it stands."""
    gains, asked = [], {name: STEPS[name] for name in names}
    for model in models:
        for size in dict.fromkeys(step.batch or batch for step in asked.values()):
            print(f"{model}, batch {size}", file=sys.stderr, flush=True)
            steps = [name for name, step in asked.items() if (step.batch or batch) == size]
            gains += measure(model, size, steps, rounds)
    load = round(os.getloadavg()[0], 2)
    found = {"batch": batch, "rounds": rounds, "load": load, "machine": machine(THREADS)}
    return found | {"gains": [asdict(gain) for gain in gains]}


def table(found: dict[str, Any]) -> str:
    """Gains as Markdown: a row a step, a column a model."""
    models = list(dict.fromkeys(gain["model"] for gain in found["gains"]))
    gains = {(gain["step"], gain["model"]): gain["gain"] for gain in found["gains"]}
    lines = [
        f"| step | in its place | {' | '.join(f'`{model}`' for model in models)} |",
        "|---|---|" + "--:|" * len(models),
    ]
    for name in dict.fromkeys(gain["step"] for gain in found["gains"]):
        step, cells = STEPS[name], [f"{gains[name, model]:.2f}" for model in models]
        note = f" (batch {step.batch})" if step.batch else ""
        lines.append(f"| {step.name}{note} | {step.instead} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--models", default="+".join(MODELS), help="names joined by +")
    parser.add_argument("--steps", default="+".join(STEPS), help="names joined by +")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--table", type=Path, help="print the table of what was measured before")
    options = parser.parse_args()
    if options.table:
        print(table(json.loads(options.table.read_text())))
        return
    names = options.steps.split("+")
    found = series(options.models.split("+"), options.batch, options.rounds, names)
    print(json.dumps(found, indent=1) if options.json else table(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        live(*sys.argv[2:])
    else:
        main()
