"""Engines side by side: a training step or an inference pass, interleaved, at equal threads.

Each engine runs in a process of its own, so that one's idle threads do not disturb another and memory can
be told apart; the processes work in turn, a few steps each, round after round. Ratios are taken within a
round, since a shared machine drifts, and their median over the rounds is what counts.

Left out: more than one machine, GPUs, and whole trainings (``benchmarks/`` has those).
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from typing import Literal

from thumblab.bench.memory import peak_mb
from thumblab.bench.step import STEPS, SUBJECTS, Mode, command, environment
from thumblab.bench.worker import CannotRunError, Worker
from thumblab.core.errors import UsageError

Malloc = Literal["tuned", "stock"]
Times = dict[str, list[float]]
"""Seconds a step by engine, a value a round."""

THREADS = 2
BURST_SECONDS = 0.6
MEMORY_STEPS = 10
"""Steps, at least, over which memory is watched."""
TUNED = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "4294967296"}
"""glibc's malloc told to keep large blocks: without it PyTorch pays page faults at every step."""
ENGINES = tuple(STEPS)
USUAL_ENGINES = tuple(name for name in ENGINES if name != "reference")
"""All but the plain rules, which take seconds a step at the usual batches."""
FLOAT32_TORCH = (
    "torch_eager",
    "torch_channels_last",
    "torch_compiled",
    "torch_compiled_channels_last",
)


@dataclass(frozen=True)
class Workload:
    """What engines are timed on, side by side.

    Attributes:
        model: A name of ``SUBJECTS``.
        batch: Images a step.
        mode: ``"train"`` or ``"infer"``.
        malloc: ``"tuned"`` keeps freed memory in the process, ``"stock"`` is glibc's own way.
        repeat: Counts measurements of the same from 0; each has new processes.
    """

    model: str
    batch: int
    mode: Mode
    malloc: Malloc
    repeat: int = 0

    def __str__(self) -> str:
        return f"{self.model}, batch {self.batch}, {self.mode}, {self.malloc} malloc"


@dataclass(frozen=True)
class Row:
    """One engine on one workload.

    Attributes:
        step_ms: Milliseconds a step, median over the rounds.
        images_per_second: The batch divided by that.
        speedup_over_torch_eager: Median over the rounds of eager's time divided by this engine's; None
            where eager was not timed, as below.
        speedup_over_best_torch: The same for ``best_torch``.
        best_torch: The fastest float32 PyTorch on the workload, by its median.
        spread: (slowest - fastest round) / median.
        peak_mb: Largest proportional set size of process and children over a burst by itself, in MiB;
            None where the system does not tell.
        memory_over_torch_eager: That, divided by eager's.
        load: Load average of the last minute, the benchmark's own work in it.
    """

    model: str
    batch: int
    engine: str
    mode: Mode
    malloc: Malloc
    repeat: int
    threads: int
    rounds: int
    step_ms: float
    images_per_second: float
    speedup_over_torch_eager: float | None
    speedup_over_best_torch: float | None
    best_torch: str | None
    spread: float
    peak_mb: float | None
    memory_over_torch_eager: float | None
    load: float


def workloads(
    models: Sequence[str],
    batches: Sequence[int],
    modes: Sequence[Mode],
    mallocs: Sequence[Malloc],
    repeats: int,
) -> list[Workload]:
    """All combinations, a whole repeat after the other, so that their spread holds the machine's drift."""
    chosen = product(range(repeats), mallocs, modes, models, batches)
    return [Workload(model, batch, mode, malloc, n) for n, malloc, mode, model, batch in chosen]


def check(models: Iterable[str], engines: Iterable[str]) -> None:
    """Raises ``UsageError`` for a name that does not exist, or none at all, listing those that do."""
    for kind, known, given in (("model", SUBJECTS, models), ("engine", STEPS, engines)):
        for name in list(given) or [""]:
            if name not in known:
                raise UsageError(
                    f"the benchmark has no {kind} {name!r}; choose from {', '.join(known)}"
                )


def without_torch(engines: Sequence[str], say: Callable[[str], None]) -> list[str]:
    """``engines`` that can run here; says which cannot, for want of PyTorch."""
    missing = [name for name in engines if name.startswith("torch")]
    if not missing or find_spec("torch") is not None:
        return list(engines)
    say(
        f"left out: {', '.join(missing)}; PyTorch is not installed, "
        "pip install 'thumblab[torch]' brings it"
    )
    return [name for name in engines if name not in missing]


def measure(
    workload: Workload, engines: Sequence[str], *, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """A row for every engine that can run; ``say`` hears of those that cannot."""
    times = _times(workload, engines, rounds, say)
    memory = {engine: _peak(workload, engine) for engine in times}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0  # Windows tells none
    return _rows(workload, times, memory, load)


def _worker(workload: Workload, engine: str) -> Worker:
    own = environment(engine, THREADS)
    if workload.malloc == "tuned":
        own |= TUNED
    else:
        own = {name: value for name, value in own.items() if name not in TUNED}
    return Worker(command(engine, workload.model, workload.batch, workload.mode, THREADS), own)


def _times(
    workload: Workload, engines: Sequence[str], rounds: int, say: Callable[[str], None]
) -> Times:
    with ExitStack() as stack:
        workers = {}
        for engine in engines:
            try:
                workers[engine] = stack.enter_context(_worker(workload, engine))
            except CannotRunError as error:
                say(f"left out: {engine} of {workload.model}; {error}")
        return take_turns(workers, rounds, BURST_SECONDS)


def take_turns(workers: Mapping[str, Worker], rounds: int, seconds: float) -> Times:
    """Bursts of about ``seconds`` of every worker, round after round, each begun by another one."""
    steps = {name: worker.warm_up(seconds) for name, worker in workers.items()}
    times: Times = {name: [] for name in workers}
    names = list(workers)
    for number in range(rounds):
        first = number % max(len(names), 1)
        for name in names[first:] + names[:first]:
            times[name].append(workers[name].run(steps[name]) / steps[name])
    return times


def _peak(workload: Workload, engine: str) -> float | None:
    """Peak memory of a process that is alone: pages of a library that others map would count in part."""
    with _worker(workload, engine) as worker:
        steps = max(MEMORY_STEPS, worker.warm_up(BURST_SECONDS))
        return peak_mb(worker.pid, lambda: worker.run(steps))


def best_torch(times: Times) -> str | None:
    """The fastest float32 PyTorch by its median time."""
    present = [engine for engine in FLOAT32_TORCH if engine in times]
    return min(present, key=lambda engine: statistics.median(times[engine]), default=None)


def speedup(times: Times, engine: str, over: str | None) -> float | None:
    """Median over the rounds of the time of ``over`` divided by that of ``engine``."""
    if over is None or over not in times:
        return None
    pairs = zip(times[over], times[engine], strict=True)
    return round(statistics.median(other / own for other, own in pairs), 3)


def _rows(
    workload: Workload, times: Times, memory: dict[str, float | None], load: float
) -> list[Row]:
    best, eager = best_torch(times), memory.get("torch_eager")
    rows = []
    for engine, seconds in times.items():
        step, peak = statistics.median(seconds), memory[engine]
        rows.append(
            Row(
                model=workload.model,
                batch=workload.batch,
                engine=engine,
                mode=workload.mode,
                malloc=workload.malloc,
                repeat=workload.repeat,
                threads=THREADS,
                rounds=len(seconds),
                step_ms=round(step * 1e3, 2),
                images_per_second=round(workload.batch / step, 1),
                speedup_over_torch_eager=speedup(times, engine, "torch_eager"),
                speedup_over_best_torch=speedup(times, engine, best),
                best_torch=best,
                spread=round((max(seconds) - min(seconds)) / step, 3),
                peak_mb=None if peak is None else round(peak, 1),
                memory_over_torch_eager=round(peak / eager, 3) if peak and eager else None,
                load=round(load, 2),
            )
        )
    return rows
