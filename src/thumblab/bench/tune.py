"""The fastest kernel for each convolution of some models, measured on this machine.

A shape is convolved forward and backward in this process, with the groups of images that one worker has of a
batch. The kernels that can do it take turns, round after round, and ratios are taken within a round.
Times are those of the processor.

Left out: what fusion does around a convolution, and what workers lose to each other.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from time import thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from thumblab.bench.benchmark import speedup, take_turns
from thumblab.core.cpus import usable_cpus
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Backward
from thumblab.engines.numpy import Network
from thumblab.engines.numpy.context import LayerContext, run_rule
from thumblab.engines.numpy.memory import Workspace
from thumblab.kernels.conv_shape import ConvShape
from thumblab.kernels.layout import block_count, inside
from thumblab.kernels.plan import (
    Choice,
    Kernel,
    Plan,
    convolve,
    standard,
    supported,
)

Array = NDArray[Any]
BURST_SECONDS = 0.02
"""A kernel's turn in a round lasts about so long."""
LEAST_GAIN = 1.03
"""Another kernel than the table's has to be so many times as fast; less may be noise."""


@dataclass(frozen=True)
class Use:
    """A convolution that models have.

    Attributes:
        shape: What it is to the plan.
        count: How often it is in the models.
        needs_input_grad: Whether the gradient at its input is used.
    """

    shape: ConvShape
    count: int = 0
    needs_input_grad: bool = False


@dataclass(frozen=True)
class Row:
    """What was measured of a shape.

    Attributes:
        use: The shape, and where it is used.
        milliseconds: Median time of each kernel, forward and backward.
        table: The kernel of the fixed table.
        fastest: The kernel to take: that of the table, unless another is faster by ``LEAST_GAIN``.
        gain: How many times as fast as the table's; the median over the rounds.
    """

    use: Use
    milliseconds: dict[Kernel, float]
    table: Kernel
    fastest: Kernel
    gain: float


def share(batch: int, workers: int | None) -> int:
    """Groups of images that the worker with most of them has of a batch; ``workers``: default, all cores.

    Raises:
        UsageError: If there is nothing in the batch, or no worker.
    """
    workers = usable_cpus() if workers is None else workers
    if min(batch, workers) < 1:
        raise UsageError(f"batch {batch} and workers {workers} must both be at least 1")
    return -(-block_count(batch) // workers)


def find_uses(models: Iterable[tuple[Layer, Shape]]) -> list[Use]:
    """Every shape that ``models`` have on samples of the shapes beside them, found by running them once.

    Raises:
        UsageError: If there is none.
    """
    found: dict[ConvShape, Use] = {}

    def rule(layer: Layer, x: Array, ctx: LayerContext) -> tuple[Array, Backward]:
        ctx.kernels = Listener(found, ctx.needs_input_grad)
        return run_rule(layer, x, ctx)

    for model, shape in models:
        network = Network(model, shape, workers=1)
        network.worker.rule = rule
        network.predict(np.zeros((1, *shape[1:], shape[0]), np.uint8))
    if not found:
        raise UsageError("there is no convolution in these models; name one that has some")
    return list(found.values())


@dataclass
class Listener:
    """Chooses as the fixed table does, and notes for what."""

    found: dict[ConvShape, Use]
    needs_input_grad: bool
    precise: bool = False

    def algorithm(self, shape: ConvShape) -> Kernel:
        """The table's choice."""
        known = self.found.get(shape, Use(shape))
        self.found[shape] = replace(
            known,
            count=known.count + 1,
            needs_input_grad=known.needs_input_grad or self.needs_input_grad,
        )
        return standard(shape, precise=self.precise)


def measure(use: Use, groups: int, rounds: int) -> Row:
    """Has every kernel that can do a shape convolve ``groups`` groups of images, in turn."""
    if rounds < 1:
        raise UsageError(f"{rounds} rounds measure nothing; give at least 1")
    memory = Workspace(np.dtype(np.float32))
    x, dy, weight = _arrays(use.shape, groups, memory)

    def turn(kernel: Kernel) -> Turn:
        def step() -> object:
            _, back = convolve(x, weight, None, use.shape, kernel, memory)
            return back(dy, use.needs_input_grad)

        return Turn(step)

    turns: dict[str, Any] = {kernel: turn(kernel) for kernel in supported(use.shape)}
    with threadpool_limits(1, "blas"):  # as in a worker
        times = take_turns(turns, rounds, BURST_SECONDS)
    table = standard(use.shape, precise=False)
    gains = {kernel: speedup(times, kernel, table) or 0.0 for kernel in supported(use.shape)}
    best = max(supported(use.shape), key=lambda kernel: gains[kernel])
    fastest = best if gains[best] >= LEAST_GAIN else table
    medians = {kernel: 1e3 * statistics.median(times[kernel]) for kernel in supported(use.shape)}
    return Row(use, medians, table, fastest, gains[fastest])


@dataclass(frozen=True)
class Turn:
    """What takes turns (see ``benchmark.take_turns``)."""

    step: Callable[[], object]

    def run(self, steps: int) -> float:
        """Seconds of the processor for ``steps`` steps, whatever else the machine does."""
        begun = thread_time()
        for _ in range(steps):
            self.step()
        return thread_time() - begun

    def warm_up(self, seconds: float) -> int:
        """Takes the first steps; says how many more last about ``seconds``, at least 1."""
        self.run(1)
        return max(1, round(seconds / max(self.run(1), 1e-6)))


def _arrays(shape: ConvShape, groups: int, memory: Workspace) -> tuple[Array, Array, Array]:
    """What ``shape`` reads, a gradient at its output, and its weight; random."""
    rng = np.random.default_rng(0)
    reads = (groups, *_reads(shape), shape.read)
    writes = (groups, shape.height, shape.width, shape.written)
    x, dy = memory.zero_padded(*reads), memory.zero_padded(*writes)
    for array in (x, dy):
        inside(array)[...] = rng.standard_normal(inside(array).shape, np.float32)
    kernel = (shape.written, shape.read, shape.kernel, shape.kernel)
    return x, dy, rng.standard_normal(kernel, np.float32) / np.float32(sum(kernel))


def _reads(shape: ConvShape) -> tuple[int, int]:
    """Height and width of the smallest images that ``shape`` reads."""
    height, width = (
        max(1, (count - 1) * shape.stride + shape.kernel - sum(pad))
        for count, pad in zip((shape.height, shape.width), shape.pad, strict=True)
    )
    return height, width


def plan_of(rows: Iterable[Row]) -> Plan:
    """The fastest kernel of every row."""
    return Plan(tuple(Choice(row.use.shape, row.fastest) for row in rows))


def whole_ms(rows: Sequence[Row]) -> tuple[float, float]:
    """Milliseconds of all convolutions of the models, by the fixed table and by the fastest kernels."""
    by_table = sum(row.use.count * row.milliseconds[row.table] for row in rows)
    return by_table, sum(row.use.count * row.milliseconds[row.fastest] for row in rows)
