"""A data set and an experiment small enough to be trained in a fraction of a second."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from thumblab.data import Arrays, Characters, Dataset, Flip, read
from thumblab.experiment import Experiment
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, ReLU, Sequential
from thumblab.optim import SGD, OneCycle
from thumblab.runs import Run
from thumblab.training import train

MODEL = Sequential(
    Conv(4, stride=2), BatchNorm(), ReLU(), MaxPool(2), Dropout(0.2), Flatten(), Dense(47)
)
WORKERS = 2


@cache
def dataset(each: int = 5) -> Dataset:
    """So many real characters of each class to train on, and one to test."""
    whole = read(Characters())
    assert whole.test is not None
    rows = [np.flatnonzero(whole.train.labels == label)[:each] for label in range(47)]
    tests = [np.flatnonzero(whole.test.labels == label)[:1] for label in range(47)]
    train_part, test_part = (
        whole.train.take(np.concatenate(rows)),
        whole.test.take(np.concatenate(tests)),
    )
    return Dataset("few", train_part, test_part, whole.classes)


def experiment(**changes: Any) -> Experiment:
    """Three epochs of six steps, the last one short; augmentation, dropout and BatchNorm in it."""
    base = Experiment(
        data=Arrays.of(dataset()),
        model=MODEL,
        optimizer=SGD(learning_rate=OneCycle(0.1), nesterov=True),
        augment=(Flip(),),
        epochs=3,
        batch=33,
        validation=0.2,
        seed=4,
    )
    return replace(base, **changes)


def trained(folder: Path, wanted: Experiment | None = None, **options: Any) -> Run:
    """The run in ``folder`` after all epochs."""
    epochs = list(
        train(wanted or experiment(), dataset=dataset(), runs=folder, workers=WORKERS, **options)
    )
    return epochs[-1].run


def fingerprints(run: Run) -> dict[str, str]:
    """SHA-256 of everything that must repeat bit for bit."""
    names = ("weights.safetensors", "metrics.jsonl", "predictions.npz")
    return {name: sha256((run.folder / name).read_bytes()).hexdigest() for name in names}
