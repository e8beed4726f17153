from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.report import grouped
from thumblab.core.value import to_dict
from thumblab.data import Characters, Dataset, Split
from thumblab.experiment import Experiment
from thumblab.experiment.experiment import parts
from thumblab.layers import Dense, Flatten, ReLU, Sequential
from thumblab.runs import Run

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\u202egnp.exe & \"quotes' \u2028 {{ 7*7 }} {% raw %}",
    "plain",
    "<b>bold</b>",
)

Writer = Callable[..., Run]


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs that differ in their seed alone, on ``tests.report.grouped``; not to be written to."""
    folder = tmp_path_factory.mktemp("networks")
    return grouped.trained(folder, seed=1), grouped.trained(folder, seed=2)


@pytest.fixture
def pair(networks: tuple[Run, Run], tmp_path: Path) -> tuple[Run, Run]:
    """Copies of them to write to."""
    copies = [tmp_path / run.folder.name for run in networks]
    for run, copy in zip(networks, copies, strict=True):
        shutil.copytree(run.folder, copy)
    return Run.open(copies[0]), Run.open(copies[1])


def dataset_of(
    classes: tuple[str, ...], *, n: int = 120, shape: tuple[int, ...] = (12, 10, 1)
) -> Dataset:
    draw = np.random.default_rng(len(classes))
    images: Any = draw.integers(0, 256, (2, n, *shape), np.uint8)
    if len(shape) == 1:
        images = draw.standard_normal((2, n, *shape)).astype(np.float32)
    labels = np.arange(n) % len(classes)
    test = Split(images[1], draw.permutation(labels))
    return Dataset("made <i>up</i>", Split(images[0], labels), test, classes)


@pytest.fixture
def write_run(tmp_path: Path) -> Writer:
    def write(
        dataset: Dataset, *, epochs: int = 3, evaluated: bool = True, outputs: int | None = None
    ) -> Run:
        model = Sequential(
            Flatten() if len(dataset.shape) == 3 else ReLU(), Dense(outputs or len(dataset.classes))
        )
        experiment = Experiment(data=Characters(), model=model, epochs=epochs, validation=0.25)
        run = Run(tmp_path / "0123456789ab")
        (run.folder).mkdir()
        about = {"schema": 1, "key": "0123456789ab" + 52 * "c", "fingerprint": dataset.fingerprint}
        _json(run, "experiment", about | {"experiment": to_dict(experiment)})
        _json(run, "environment", {"python": "3.11", "command": ["<u>train</u>"], "workers": 2})
        lines = [epoch_line(i + 1) for i in range(epochs)]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (run.folder / "metrics.jsonl").write_text(text)
        _predictions(run, dataset, experiment, outputs or len(dataset.classes))
        _json(run, "result", _result(lines))
        if evaluated:
            line = {"data": "own", "images": 120, "accuracy": 0.5, "loss": 1.0}
            (run.folder / "evaluations.jsonl").write_text(json.dumps(line) + "\n")
        return run

    return write


def _json(run: Run, name: str, value: Any) -> None:
    (run.folder / f"{name}.json").write_text(json.dumps(value))


def epoch_line(number: int) -> dict[str, Any]:
    return {
        "epoch": number,
        "step": 10 * number,
        "learning_rate": 0.1 / number,
        "train_loss": 2.0 / number,
        "train_accuracy": 1 - 0.9 / number,
        "validation_loss": 2.1 / number,
        "validation_accuracy": 1 - 0.95 / number,
    }


def _predictions(run: Run, dataset: Dataset, experiment: Experiment, outputs: int) -> None:
    draw = np.random.default_rng(1)
    stored: dict[str, Any] = {}
    for name, part in (("validation", parts(experiment, dataset)[1]), ("test", dataset.test)):
        if part is not None and len(part):
            logits = draw.standard_normal((len(part), outputs)).astype(np.float32)
            logits[np.arange(len(part)), part.labels] += 1
            stored |= {f"{name}_logits": logits, f"{name}_labels": part.labels}
    np.savez(run.folder / "predictions.npz", allow_pickle=False, **stored)


def _result(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "status": "done",
        "reason": None,
        "model": "<model>",
        "epochs": len(lines),
        "train_images": 90,
        "parameters": 1234,
        "trainable_parameters": 1200,
        "flops": 2_500_000,
        "train_seconds": 83.0,
        "images_per_second": 1234.5,
    }
