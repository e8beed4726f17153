"""Engines side by side: a training step or an inference pass, interleaved, at equal threads.

Each engine runs in a process of its own, so that one's idle threads do not disturb another and memory can
be told apart; the processes work in turn, a few steps each, round after round.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Mode = Literal["train", "infer"]
THREADS = 2
TUNED_MALLOC = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "4294967296"}
"""glibc's malloc told to keep large blocks: without it PyTorch pays page faults at every step."""


@dataclass(frozen=True)
class Subject:
    """A model to time, with its input."""

    name: str
    shape: tuple[int, ...]
    classes: int


SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject("baseline_cnn", (3, 32, 32), 100),
        Subject("seven_layer", (3, 32, 32), 10),
        Subject("vgg_like", (3, 32, 32), 10),
        Subject("lenet5", (1, 28, 28), 47),
        Subject("mlp", (3, 32, 32), 100),
    )
}
ENGINES = ("numpy", "reference", "torch_eager", "torch_channels_last")


@dataclass(frozen=True)
class Row:
    """One engine on one model: medians over rounds; ``spread`` is (largest - smallest) / median."""

    model: str
    batch: int
    engine: str
    mode: Mode
    step_ms: float
    images_per_second: float
    speedup_over_torch_eager: float | None
    spread: float
    peak_mb: float
    load: float


def measure(
    model: str,
    batch: int,
    engines: tuple[str, ...],
    mode: Mode,
    *,
    rounds: int = 10,
    malloc: bool = True,
) -> list[Row]:
    """Times ``engines`` in turn; the median of ``rounds`` bursts each."""
    environment = os.environ | (TUNED_MALLOC if malloc else {})
    workers = {engine: _Worker(engine, model, batch, mode, environment) for engine in engines}
    try:
        steps = {engine: _burst(worker) for engine, worker in workers.items()}
        times: dict[str, list[float]] = {engine: [] for engine in engines}
        ratios: dict[str, list[float]] = {engine: [] for engine in engines}
        for _ in range(rounds):
            for engine, worker in workers.items():
                times[engine].append(worker.run(steps[engine]) / steps[engine])
            if "torch_eager" in engines:
                for engine in engines:
                    ratios[engine].append(times["torch_eager"][-1] / times[engine][-1])
        memory = {engine: worker.peak_mb() for engine, worker in workers.items()}
    finally:
        for worker in workers.values():
            worker.close()
    load = os.getloadavg()[0]
    rows = []
    for engine in engines:
        step = statistics.median(times[engine])
        rows.append(
            Row(
                model=model,
                batch=batch,
                engine=engine,
                mode=mode,
                step_ms=round(step * 1e3, 2),
                images_per_second=round(batch / step, 1),
                speedup_over_torch_eager=round(statistics.median(ratios[engine]), 3)
                if ratios[engine]
                else None,
                spread=round((max(times[engine]) - min(times[engine])) / step, 3),
                peak_mb=memory[engine],
                load=round(load, 2),
            )
        )
    return rows


class _Worker:
    """A process that runs one engine when told to."""

    def __init__(
        self, engine: str, model: str, batch: int, mode: Mode, environment: dict[str, str]
    ) -> None:
        command = [
            sys.executable,
            "-m",
            "thumblab.benchmark",
            "serve",
            engine,
            model,
            str(batch),
            mode,
        ]
        threads = "1" if engine in ("numpy", "reference") else str(THREADS)
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._answer()

    def _answer(self) -> float:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a benchmark process ended with {self.process.wait()}")
        return float(json.loads(line))

    def run(self, steps: int) -> float:
        """Seconds for ``steps`` steps."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return self._answer()

    def peak_mb(self) -> float:
        """Largest resident memory so far, in MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return round(int(line.split()[1]) / 1024, 1)
        return 0.0

    def close(self) -> None:
        """Ends the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def _burst(worker: _Worker, seconds: float = 0.6) -> int:
    """Warms up, and says how many steps take about ``seconds``."""
    worker.run(3)
    return max(1, round(seconds / (worker.run(3) / 3)))


def serve(engine: str, model: str, batch: int, mode: Mode) -> None:
    """The life of a worker: reads a number of steps, answers with the seconds they took."""
    step = _prepare(engine, SUBJECTS[model], batch, mode)
    print(json.dumps(0), flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(json.dumps(time.perf_counter() - begun), flush=True)


def _prepare(engine: str, subject: Subject, batch: int, mode: Mode) -> Callable[[], Any]:
    import numpy as np

    import thumblab.zoo

    model = getattr(thumblab.zoo, subject.name)(subject.classes)
    rng = np.random.default_rng(0)
    c, h, w = subject.shape
    images = rng.integers(0, 256, (batch, h, w, c), np.uint8)
    labels = rng.integers(0, subject.classes, batch)
    if engine.startswith("torch"):
        return _torch_step(engine, model, subject.shape, images, labels, mode)
    return _numpy_step(engine, model, subject.shape, images, labels, mode)


def _numpy_step(
    engine: str, model: Any, shape: tuple[int, ...], images: Any, labels: Any, mode: Mode
) -> Callable[[], Any]:
    import numpy as np

    from thumblab.engines.numpy import Door, Network
    from thumblab.losses import CrossEntropy
    from thumblab.optim import SGD

    network = Network(
        model,
        shape,
        shards=THREADS,
        rules="reference" if engine == "reference" else "fast",
        door=Door(np.full(1, 128.0), np.full(1, 1 / 64)),
    )
    if mode == "infer":
        return lambda: network.predict(images)
    loss, optimizer = CrossEntropy(), SGD()

    def step() -> None:
        network.train_step(images, labels, loss=loss, optimizer=optimizer, rate=0.01, step=0)

    return step


def _torch_step(
    engine: str, model: Any, shape: tuple[int, ...], images: Any, labels: Any, mode: Mode
) -> Callable[[], Any]:
    import torch

    from thumblab.core.rules import torch_twin

    torch.set_num_threads(THREADS)
    twin = torch_twin(model, shape, torch).train(mode == "train")
    pixels = torch.from_numpy(images)
    targets = torch.from_numpy(labels)
    last = engine.startswith("torch_channels_last")
    if last:
        twin = twin.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(twin.parameters(), 0.01, 0.9)

    def batch() -> Any:
        x = ((pixels.float() - 128) / 64).permute(0, 3, 1, 2)
        return x.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)

    def infer() -> None:
        with torch.inference_mode():
            twin(batch())

    def train() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss: Any = torch.nn.functional.cross_entropy(twin(batch()), targets)
        loss.backward()
        optimizer.step()

    return train if mode == "train" else infer


def main(arguments: list[str]) -> None:
    """Prints a line a row, JSON with ``--json``; ``serve ...`` is what it starts for itself."""
    if arguments[:1] == ["serve"]:
        engine, model, size, mode = arguments[1:]
        serve(engine, model, int(size), "infer" if mode == "infer" else "train")
        return
    machine = "--json" in arguments
    models = [name for name in arguments if name in SUBJECTS] or ["baseline_cnn", "seven_layer"]
    if not machine:
        print(f"a training step, {THREADS} threads each, medians of bursts taken in turn")
    for model in models:
        for batch in (128, 512):
            for row in measure(
                model, batch, ("numpy", "torch_eager", "torch_channels_last"), "train"
            ):
                print(json.dumps(asdict(row)) if machine else _line(row), flush=True)


def _line(row: Row) -> str:
    return (
        f"{row.model:14} batch {row.batch:4} {row.engine:20} {row.step_ms:8.2f} ms "
        f"{row.images_per_second:8.0f} images/s  {row.speedup_over_torch_eager:.2f} of eager's speed  "
        f"spread {row.spread:.0%}  peak {row.peak_mb:.0f} MiB  load {row.load:.2f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
