"""The fastest kernel for each convolution of some models, measured on this machine.

A case is convolved forward and backward in this process, with the groups of images that one shard has of a
batch. The kernels that can do it take turns, round after round, and ratios are taken within a round.
Times are those of the processor.

Left out: what fusion does around a convolution, and what shards lose to each other.
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
from thumblab.engines.numpy.context import Frame, run_rule
from thumblab.kernels.layout import group_count, inside
from thumblab.kernels.plan import STANDARD, Case, Choice, Kernel, Plan, able, convolve, standard
from thumblab.layers import Conv

Array = NDArray[Any]
BURST_SECONDS = 0.02
"""A kernel's turn in a round lasts about so long."""
LEAST_GAIN = 1.03
"""Another kernel than the table's has to be so many times as fast; less may be noise."""


@dataclass(frozen=True)
class Use:
    """A convolution that models have.

    Attributes:
        case: What it is to the plan.
        count: How often it is in the models.
        input_gradient: Whether anybody reads the gradient at its input.
    """

    case: Case
    count: int = 0
    input_gradient: bool = False


@dataclass(frozen=True)
class Row:
    """What was measured of a case.

    Attributes:
        use: The case, and where it is used.
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


def share(batch: int, shards: int | None) -> int:
    """Groups of images that the shard with most of them has of a batch; ``shards``: default, all cores.

    Raises:
        UsageError: If there is nothing in the batch, or nobody to compute.
    """
    shards = usable_cpus() if shards is None else shards
    if min(batch, shards) < 1:
        raise UsageError(f"batch {batch} and shards {shards} must both be at least 1")
    return -(-group_count(batch) // shards)


def find_uses(models: Iterable[tuple[Layer, Shape]]) -> list[Use]:
    """Every case that ``models`` have on samples of the shapes beside them, found by running them once.

    Raises:
        UsageError: If there is none.
    """
    found: dict[Case, Use] = {}

    def rule(layer: Layer, x: Array, ctx: Frame) -> tuple[Array, Backward]:
        ctx.plan = Listener(found, ctx.input_gradient)
        return run_rule(layer, x, ctx)

    for model, shape in models:
        network = Network(model, shape, shards=1)
        network.worker.rule = rule
        network.predict(np.zeros((1, *shape[1:], shape[0]), np.uint8))
    if not found:
        raise UsageError("there is no convolution in these models; name one that has some")
    return list(found.values())


@dataclass
class Listener:
    """Chooses as the fixed table does, and notes for what."""

    found: dict[Case, Use]
    input_gradient: bool

    def kernel(self, case: Case, *, precise: bool) -> Kernel:
        """The table's choice."""
        known = self.found.get(case, Use(case))
        self.found[case] = replace(
            known,
            count=known.count + 1,
            input_gradient=known.input_gradient or self.input_gradient,
        )
        return STANDARD.kernel(case, precise=precise)


def measure(use: Use, groups: int, rounds: int) -> Row:
    """Has every kernel that can do a case convolve ``groups`` groups of images, in turn."""
    if rounds < 1:
        raise UsageError(f"{rounds} rounds measure nothing; give at least 1")
    ctx = _context(use)
    x, dy = _images(use.case, groups, ctx)

    def turn(kernel: Kernel) -> Turn:
        case, plan = use.case, Plan((Choice(use.case, kernel),))

        def step() -> object:
            ctx.plan = plan
            counts = (case.height, case.width)
            _, back = convolve(x, case.stride, counts, case.pad, False, ctx)
            return back(dy)

        return Turn(step)

    turns: dict[str, Any] = {kernel: turn(kernel) for kernel in able(use.case)}
    with threadpool_limits(1, "blas"):  # as in a shard
        times = take_turns(turns, rounds, BURST_SECONDS)
    table = standard(use.case, precise=False)
    gains = {kernel: speedup(times, kernel, table) or 0.0 for kernel in able(use.case)}
    best = max(able(use.case), key=lambda kernel: gains[kernel])
    fastest = best if gains[best] >= LEAST_GAIN else table
    medians = {kernel: 1e3 * statistics.median(times[kernel]) for kernel in able(use.case)}
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


def _context(use: Use) -> Frame:
    """What the engine lends a convolution with the weights of that case."""
    case, seen = use.case, list[Frame]()

    def rule(layer: Layer, x: Array, ctx: Frame) -> tuple[Array, Backward]:
        seen.append(ctx)
        return run_rule(layer, x, ctx)

    shape = (case.read, case.kernel, case.kernel)
    layer = Conv(case.written, case.kernel, padding="valid", bias=False)
    network = Network(layer, shape, shards=1)
    network.worker.rule = rule
    network.run(np.zeros((1, *shape)), training=True)
    (ctx,) = seen
    ctx.input_gradient = use.input_gradient
    return ctx


def _images(case: Case, groups: int, ctx: Frame) -> tuple[Array, Array]:
    """What ``case`` reads, and a gradient at its output; random."""
    rng = np.random.default_rng(0)
    reads = (groups, *_reads(case), case.read)
    writes = (groups, case.height, case.width, case.written)
    x, dy = ctx.bordered(*reads), ctx.bordered(*writes)
    for array in (x, dy):
        inside(array)[...] = rng.standard_normal(inside(array).shape, np.float32)
    return x, dy


def _reads(case: Case) -> tuple[int, int]:
    """Height and width of the smallest images that ``case`` reads."""
    height, width = (
        max(1, (count - 1) * case.stride + case.kernel - sum(pad))
        for count, pad in zip((case.height, case.width), case.pad, strict=True)
    )
    return height, width


def plan_of(rows: Iterable[Row]) -> Plan:
    """The fastest kernel of every row."""
    return Plan(tuple(Choice(row.use.case, row.fastest) for row in rows))


def whole_ms(rows: Sequence[Row]) -> tuple[float, float]:
    """Milliseconds of all convolutions of the models, by the fixed table and by the fastest kernels."""
    by_table = sum(row.use.count * row.milliseconds[row.table] for row in rows)
    return by_table, sum(row.use.count * row.milliseconds[row.fastest] for row in rows)
