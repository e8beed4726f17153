"""Kills trainings with SIGKILL at random moments, resumes them, and compares every bit at the end.

    python benchmarks/kill.py --runs 20
    python benchmarks/kill.py --runs 5 --engine torch

prints a line a run and, last, one JSON line. Each run is killed up to three times anywhere between its first
and its last step, and must end with the SHA-256 of weights, metrics and predictions of an uninterrupted run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from thumblab.experiment.experiment import ENGINE_VERSION

FILES = ("weights.safetensors", "metrics.jsonl", "predictions.npz")
CHILD = """
import importlib
import sys
import numpy as np
from thumblab.data import Arrays, Characters, Dataset, Rotate, Shift, read
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, ReLU, Sequential
from thumblab.optim import Adam, Cosine
from thumblab.experiment import EarlyStopping, Experiment, ReduceOnPlateau, Shifts
from thumblab.training import steps

sys.modules["thumblab.training.loop"].SECONDS_BETWEEN_CHECKPOINTS = 0.05
whole = read(Characters())
train_part, test_part = (
    part.take(np.concatenate([np.flatnonzero(part.labels == label)[:8] for label in range(47)]))
    for part in (whole.train, whole.test)
)
dataset = Dataset("few", train_part, test_part, whole.classes)
experiment = Experiment(
    data=Arrays.of(dataset),
    model=Sequential(
        Conv(8), BatchNorm(), ReLU(), MaxPool(2), Dropout(0.2), Conv(8), ReLU(), Flatten(), Dense(47)
    ),
    optimizer=Adam(learning_rate=Cosine(3e-3)),
    augment=(Rotate(), Shift()),
    epochs=int(sys.argv[3]),
    batch=33,
    early_stopping=EarlyStopping(patience=6),
    lr_plateau=ReduceOnPlateau(patience=1),
    restore_best="best",
    tta=Shifts(),
    seed=int(sys.argv[2]),
    engine=sys.argv[4],
)
importlib.import_module("thumblab.engines." + sys.argv[4])  # which takes seconds, before the clock runs
print("ready", flush=True)
for progress in steps(experiment, runs=sys.argv[1], workers=2, resume=True):
    pass
"""


@dataclass(frozen=True)
class Trial:
    """What became of one training."""

    kills: int
    moments: tuple[float, ...]
    found: dict[str, str]


def fingerprints(runs: Path) -> dict[str, str]:
    """SHA-256 of what must repeat bit for bit, of the only run in ``runs``."""
    (folder,) = (path.parent for path in runs.glob("*/result.json"))
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def start(runs: Path, seed: int, epochs: int, engine: str) -> subprocess.Popen[bytes]:
    """A training that has read its data and is about to open its run folder."""
    command = [sys.executable, "-c", CHILD, str(runs), str(seed), str(epochs), engine]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    if child.stdout.readline() != b"ready\n":
        raise RuntimeError(f"a training ended with {child.wait()} before it began")
    return child


def finish(child: subprocess.Popen[bytes], seconds: float | None = None) -> int | None:
    """The exit status, or None if the child had to be killed after ``seconds``."""
    try:
        child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return None
    return child.returncode


def whole_run(
    runs: Path, seed: int, epochs: int, engine: str = "numpy"
) -> tuple[dict[str, str], float]:
    """The fingerprints of an uninterrupted run, and the seconds it took."""
    child = start(runs, seed, epochs, engine)
    begun = time.perf_counter()
    if finish(child) != 0:
        raise RuntimeError("the uninterrupted training failed")
    return fingerprints(runs), time.perf_counter() - begun


def killed_run(
    runs: Path,
    seed: int,
    epochs: int,
    seconds: float,
    draw: random.Random,
    kills: int = 3,
    engine: str = "numpy",
) -> Trial:
    """A run killed up to ``kills`` times at moments drawn from most of the ``seconds`` it takes."""
    moments: list[float] = []
    for _ in range(kills):
        moment = draw.uniform(0, 0.7 * seconds)
        status = finish(start(runs, seed, epochs, engine), moment)
        if status is not None:
            if status != 0:
                raise RuntimeError(f"a resumed training failed with {status}")
            break
        moments.append(round(moment, 3))
    if finish(start(runs, seed, epochs, engine)) != 0:
        raise RuntimeError("the last resumed training failed")
    return Trial(len(moments), tuple(moments), fingerprints(runs))


def series(
    runs: int, epochs: int, *, draw: random.Random, folder: Path, engine: str
) -> dict[str, object]:
    """``runs`` trainings, each with a seed of its own; prints a line for each."""
    identical = kills = 0
    lengths = []
    for seed in range(runs):
        wanted, seconds = whole_run(folder / f"whole{seed}", seed, epochs, engine)
        trial = killed_run(folder / f"killed{seed}", seed, epochs, seconds, draw, engine=engine)
        same = trial.found == wanted
        identical, kills = identical + same, kills + trial.kills
        lengths.append(seconds)
        at = ", ".join(f"{moment:.2f}" for moment in trial.moments)
        print(
            f"run {seed:2}  {'identical' if same else 'DIFFERENT'}  "
            f"{trial.kills} kills of {seconds:.2f} s at [{at}]",
            flush=True,
        )
    return {
        "engine": engine,
        "engine_version": ENGINE_VERSION,
        "runs": runs,
        "identical": identical,
        "kills": kills,
        "epochs": epochs,
        "seconds_uninterrupted": round(sum(lengths) / runs, 2),
        "load": round(os.getloadavg()[0], 2),
    }


def main() -> int:
    """0 if every run ended bit-identical."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="chooses the moments")
    parser.add_argument("--engine", choices=("numpy", "torch"), default="numpy")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = series(
            options.runs,
            options.epochs,
            draw=random.Random(options.seed),
            folder=Path(folder),
            engine=options.engine,
        )
    print(json.dumps(found))
    return 0 if found["identical"] == options.runs else 1


if __name__ == "__main__":
    sys.exit(main())
