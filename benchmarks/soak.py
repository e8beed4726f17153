"""Thousands of small trainings in one process: what does it hold that it does not give back?

    python benchmarks/soak.py > results/reliability/soak.json

Each training is a network of its own: trained for a few steps, saved, loaded, asked and dropped, by either
engine, on one worker or on two, in processes or in threads, in this thread or in another. After every hundred
the process is measured: bytes of memory, open descriptors, threads and children. Ends with 1 if any of them
grows after the first quarter, in which caches fill.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from thumblab.engines.numpy import Network
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Adam

MODEL = Sequential(Conv(4), BatchNorm(), ReLU(), Dropout(0.2), Flatten(), Dense(5))
SHAPE = (3, 8, 8)
DRAW = np.random.default_rng(0)
IMAGES, LABELS = DRAW.integers(0, 256, (48, 8, 8, 3), np.uint8), DRAW.integers(0, 5, 48)
EVERY = 100
LARGEST_SLOPE = 1024
"""Bytes a training, which the pages of an allocator may come and go by."""


def builds() -> list[Callable[..., Any]]:
    """The networks, in the command in which they take turns."""
    found: list[Callable[..., Any]] = [
        partial(Network, MODEL, SHAPE, workers=1),
        partial(Network, MODEL, SHAPE, workers=2, kind="processes"),
        partial(Network, MODEL, SHAPE, workers=2, kind="threads"),
        partial(Network, MODEL, SHAPE, workers=1, rules="reference"),
    ]
    if importlib.util.find_spec("torch") is not None:
        from thumblab.engines.torch import Network as TorchNetwork

        found.append(partial(TorchNetwork, MODEL, SHAPE))
    return found


def training(build: Callable[..., Any], number: int) -> None:
    """A network's whole life, and that of another one which takes over its state."""
    network = build(seed=number)
    optimizer = Adam() if number % 2 else SGD(momentum=0.9)
    for step in range(3):
        size = 17 + (number + 5 * step) % 32
        network.train_step(
            IMAGES[:size],
            LABELS[:size],
            loss=CrossEntropy(),
            optimizer=optimizer,
            learning_rate=0.01,
            step=step,
        )
    again = build(seed=0)
    again.load(network.state())
    if again.predict(IMAGES).tobytes() != network.predict(IMAGES).tobytes():
        raise RuntimeError(f"training {number} predicts other than what it has saved")


def measured() -> dict[str, int]:
    """What this process holds."""
    gc.collect()
    return {
        "bytes": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "children": sum(
            len(Path(f"/proc/self/task/{task}/children").read_text().split())
            for task in os.listdir("/proc/self/task")
        ),
    }


def soak(trainings: int) -> list[dict[str, int]]:
    """Measures after every so many trainings; every third happens in a thread of its own."""
    networks, found = builds(), list[dict[str, int]]()
    for number in range(trainings):
        run = partial(training, networks[number % len(networks)], number)
        if number % 3:
            run()
        else:
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        if (number + 1) % EVERY == 0:
            found.append({"trainings": number + 1, **measured()})
            print(found[-1], file=sys.stderr, flush=True)
    return found


def summary(found: list[dict[str, int]]) -> dict[str, dict[str, float]]:
    """Start, end, peak and slope of each, after the first quarter."""
    late = found[len(found) // 4 :]
    turns = [each["trainings"] for each in late]
    return {
        name: {
            "start": late[0][name],
            "end": late[-1][name],
            "peak": max(each[name] for each in late),
            "slope_per_training": round(float(np.polyfit(turns, [e[name] for e in late], 1)[0]), 4),
        }
        for name in ("bytes", "descriptors", "threads", "children")
    }


def main() -> int:
    """0 if nothing grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--trainings", type=int, default=2000)
    options = parser.parse_args()
    begun = time.perf_counter()
    found = summary(soak(options.trainings))
    grows = [
        name
        for name, each in found.items()
        if (
            each["slope_per_training"] > LARGEST_SLOPE
            if name == "bytes"
            else each["end"] > each["start"]
        )
    ]
    print(
        json.dumps(
            {
                "engine_version": ENGINE_VERSION,
                "trainings": options.trainings,
                "seconds": round(time.perf_counter() - begun, 1),
                "grows": grows,
                **found,
            },
            indent=1,
        )
    )
    return 1 if grows else 0


if __name__ == "__main__":
    sys.exit(main())
