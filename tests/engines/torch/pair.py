"""One of two processes that train together; started by ``test_ranks.py`` and by torchrun."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

import numpy as np

import thumblab
from tests.training.small import MODEL, dataset, experiment
from thumblab.core.errors import ThumblabError
from thumblab.data import Balanced, Flip, MixUp
from thumblab.experiment import Experiment
from thumblab.layers import Conv, Sequential, StochasticDepth, residual
from thumblab.training import steps
from thumblab.training.network import distributed

ROOT = Path(__file__).parents[3]


def wanted(**changes: Any) -> Experiment:
    """The small experiment in float64, mixed, with a branch that is dropped by sample besides values."""
    branch = residual(Sequential(Conv(1), StochasticDepth(0.3)))
    model = Sequential(branch, *MODEL.layers)
    fed = {"augment": (Flip(), MixUp(1.0)), "sampling": Balanced(power=0.5)}
    return experiment(model=model, engine="torch", precision="float64", **fed, **changes)


def environment() -> dict[str, str]:
    paths = [str(ROOT), str(Path(thumblab.__file__).parents[1])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}


def start(folder: Path, *, size: int = 2, **asked: Any) -> list[subprocess.Popen[str]]:
    """Starts the processes as torchrun would, but leaves them to themselves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    group = {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [
        subprocess.Popen(
            [sys.executable, __file__, str(folder), json.dumps(asked)],
            env=environment() | group | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]


def ends(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Exit code and words of each process."""
    said = [process.communicate(timeout=200)[1] for process in processes]
    return [(process.returncode, words) for process, words in zip(processes, said, strict=True)]


def stop_at(step: int, number: int) -> None:
    """Has this process send itself a signal when it comes to a step."""
    from thumblab.engines.torch.worker import Worker

    train = Worker.train

    def stopping(
        self: Worker, own: Any, targets: Any, indices: Any, move: Any
    ) -> tuple[float, int]:
        if move.step == step:
            os.kill(os.getpid(), number)
        return train(self, own, targets, indices, move)

    Worker.train = stopping  # type: ignore[method-assign]


def count_images(into: list[int]) -> None:
    """Notes how many images each forward pass of this process reads without training."""
    from thumblab.engines.torch.worker import Worker

    logits = Worker._logits

    def counting(self: Worker, batch: Any) -> Any:
        if not self.module.training:
            into.append(len(batch))
        return logits(self, batch)

    Worker._logits = counting  # type: ignore[method-assign]


def watch_group(kept: list[Any]) -> None:
    """Has a weak reference for each group of processes that is taken apart."""
    from torch import distributed

    destroy = distributed.destroy_process_group

    def watching() -> None:
        kept.append(weakref.ref(distributed.group.WORLD))
        destroy()

    distributed.destroy_process_group = watching


def main(folder: Path, asked: dict[str, Any]) -> None:
    from thumblab.engines.torch import ranks

    warnings.simplefilter("error")
    rank, seen, groups = int(os.environ["RANK"]), list[int](), list[Any]()
    count_images(seen)
    watch_group(groups)
    ranks.SECONDS = asked.get("seconds", ranks.SECONDS)
    own = asked.get(str(rank), {})
    if "signal" in own:
        stop_at(own["step"], signal.Signals[own["signal"]])
    runs, resume = folder / "runs", asked.get("resume", False)
    experiment = wanted(seed=own.get("seed", 4))
    try:
        with distributed(experiment, dataset()):
            for progress in steps(experiment, dataset=dataset(), runs=runs, resume=resume):
                if progress.step == asked.get("leave"):
                    break
    except ThumblabError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    finally:
        np.save(folder / f"seen{rank}.npy", seen)
        np.save(folder / f"gone{rank}.npy", [group() is None for group in groups])


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
