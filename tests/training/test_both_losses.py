"""Both losses of both parts, computed a second time by PyTorch's functions on the same outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, log_softmax

from tests.report import grouped
from tests.training.small import experiment
from thumblab.data import Arrays, Dataset, MixUp, statistics
from thumblab.experiment import EarlyStopping, Experiment, ReduceOnPlateau
from thumblab.experiment.early_stopping import stops
from thumblab.experiment.experiment import parts
from thumblab.experiment.lr_plateau import reduced
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.losses import CrossEntropy, Hierarchical, Loss, SoftTargets
from thumblab.optim import SGD
from thumblab.runs import Run
from thumblab.training import steps
from thumblab.training.network import open_loader

CLASSES = 47
DATA: Dataset = grouped.dataset()
WEIGHTS = tuple(np.linspace(0.5, 3, CLASSES).tolist())


def still(**changes: Any) -> Experiment:
    """An experiment whose weights hardly move, so that one set of them gives every number."""
    told = {
        "data": Arrays.of(DATA),
        "model": Sequential(Flatten(), Dense(CLASSES)),
        "augment": (),
        "epochs": 1,
    }
    told |= {"optimizer": SGD(1e-30, momentum=0.0), "precision": "float64"}
    return experiment(**(told | changes))


def run_of(folder: Path, wanted: Experiment) -> Run:
    *_, last = steps(wanted, dataset=DATA, runs=folder, workers=2)
    return last.run


def by_hand(loss: Loss, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    if isinstance(loss, SoftTargets):
        return cross_entropy(outputs / loss.temperature, targets) * loss.temperature**2
    if isinstance(loss, Hierarchical):
        p = outputs.softmax(1)
        groups = torch.as_tensor(DATA.groups)
        coarse = torch.stack([p[:, groups == g].sum(1) for g in range(3)], 1).log()
        own = coarse[torch.arange(len(p)), groups[targets]]
        return cross_entropy(outputs, targets) - loss.share * own.mean()
    assert isinstance(loss, CrossEntropy)
    weights = loss.weights and torch.as_tensor(loss.weights, dtype=outputs.dtype)
    return cross_entropy(outputs, targets, weights, label_smoothing=loss.smoothing)


def wanted_losses(run: Run, wanted: Experiment) -> dict[str, float]:
    """From the run's stored weights, batch by batch as it was fed."""
    arrays, _ = run.trained()
    weight, bias = (torch.as_tensor(arrays[f"1.{name}"]) for name in ("weight", "bias"))
    train, validation = parts(wanted, DATA)
    shift, scale = statistics(wanted.normalize, train.images)

    def outputs(images: Any) -> torch.Tensor:
        x = torch.as_tensor((images - shift) * scale).permute(0, 3, 1, 2)
        return x.reshape(len(x), -1).to(weight.dtype) @ weight.T + bias

    loader = open_loader(wanted, train, DATA.shape)
    sums = np.zeros(2)
    for at in range(0, len(train), wanted.batch):
        indices = np.arange(at, min(at + wanted.batch, len(train)))
        found = outputs(loader.change(loader.images(0, indices), 0, indices))
        targets = torch.as_tensor(loader.targets(0, indices))
        trained = by_hand(wanted.loss, found, targets)
        if targets.ndim == 2:
            plain = -(targets[:, :CLASSES] * log_softmax(found[:, :CLASSES], 1)).sum(1).mean()
        else:
            plain = cross_entropy(found[:, :CLASSES], targets)
        sums += np.array([float(trained), float(plain)]) * len(indices)
    found, labels = outputs(validation.images), torch.as_tensor(validation.labels)
    return {
        "train_loss": sums[0] / len(train),
        "train_cross_entropy": sums[1] / len(train),
        "validation_loss": float(by_hand(wanted.loss, found, labels)),
        "validation_cross_entropy": float(cross_entropy(found[:, :CLASSES], labels)),
    }


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize(
    "changes",
    [
        {"loss": CrossEntropy(0.3)},
        {"loss": CrossEntropy(weights=WEIGHTS)},
        {"loss": SoftTargets(4.0)},
        {"loss": Hierarchical(0.5)},
        {"loss": CrossEntropy(0.1), "augment": (MixUp(0.8),)},
        {"loss": CrossEntropy(0.2), "model": Sequential(Flatten(), Dense(60))},
    ],
    ids=["smoothing", "weights", "temperature", "hierarchical", "mixed", "wide"],
)
def test_both_losses_of_both_parts_are_right(
    tmp_path: Path, engine: str, changes: dict[str, Any]
) -> None:
    """Where the loss that is trained is another one, a gap of the two kinds would mean nothing."""
    wanted = still(engine=engine, **changes)
    run = run_of(tmp_path, wanted)
    line, right = run.metrics[-1], wanted_losses(run, wanted)
    assert {name: line[name] for name in right} == pytest.approx(right, rel=1e-6)
    assert len({round(value, 3) for value in right.values()}) > 2


def test_plain_training_records_one_loss_twice(tmp_path: Path) -> None:
    line = run_of(tmp_path, still(precision="float32")).metrics[-1]
    for part in ("train", "validation"):
        assert line[f"{part}_loss"] == line[f"{part}_cross_entropy"]


def test_early_stopping_watches_the_loss_that_is_trained() -> None:
    """Unless told otherwise; plain cross-entropy, which nobody trains, may rise meanwhile."""
    values = [(3.0, 1.0), (2.9, 1.1), (2.8, 1.2), (2.7, 1.3)]
    names = ("validation_loss", "validation_cross_entropy")
    lines = [dict(zip(names, each, strict=True)) for each in values]
    assert not stops(EarlyStopping(patience=2), lines)
    assert stops(EarlyStopping("validation_cross_entropy", patience=2), lines)
    assert reduced(ReduceOnPlateau(patience=2), 0.1, lines) == 0.1
    assert reduced(ReduceOnPlateau("validation_cross_entropy", patience=2), 0.1, lines) == 0.05
