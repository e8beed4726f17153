"""How many settings make two experiments differ, and which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from thumblab import zoo
from thumblab.data import Characters, Crop, Flip
from thumblab.experiment import EarlyStopping, Experiment
from thumblab.experiment.differences import differences
from thumblab.losses import CrossEntropy, Focal
from thumblab.optim import EMA, SGD, Adam, Cosine, OneCycle, Warmup

USUAL = Experiment(data=Characters(), model=zoo.lenet5(47))
SGD_ = USUAL.optimizer


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({}, []),
        ({"label": "other"}, []),
        ({"seed": 1}, ["seed"]),
        ({"epochs": 3, "batch": 64}, ["epochs", "batch"]),
        ({"model": zoo.mlp(47)}, ["model"]),
        ({"loss": CrossEntropy(smoothing=0.1)}, ["loss.smoothing"]),
        ({"loss": Focal(gamma=3.0)}, ["loss"]),
        ({"augment": (Flip(), Crop(pad=2))}, ["augment"]),
        ({"early_stopping": EarlyStopping(patience=3)}, ["early_stopping"]),
        ({"optimizer": replace(SGD_, momentum=0.8)}, ["optimizer.momentum"]),
        ({"optimizer": Adam(learning_rate=OneCycle(max_lr=1e-3))}, ["optimizer"]),
        ({"optimizer": Adam()}, ["optimizer", "schedule"]),
        ({"optimizer": replace(SGD_, learning_rate=OneCycle(max_lr=0.1))}, ["learning_rate"]),
        (
            {"optimizer": replace(SGD_, learning_rate=OneCycle(0.05, warmup=0.1))},
            ["schedule.warmup"],
        ),
        ({"optimizer": replace(SGD_, learning_rate=Cosine(0.05))}, ["schedule"]),
        ({"optimizer": replace(SGD_, learning_rate=0.05)}, ["schedule"]),
        ({"optimizer": replace(SGD_, learning_rate=0.1)}, ["schedule", "learning_rate"]),
        (  # what ``--schedule cosine`` alone made of it once
            {"optimizer": SGD(learning_rate=Cosine(0.1))},
            ["optimizer.nesterov", "optimizer.weight_decay", "schedule", "learning_rate"],
        ),
        ({"optimizer": EMA(SGD_)}, ["optimizer"]),
        ({"optimizer": SGD_}, []),
    ],
)
def test_experiments_differ_in_as_many_settings_as_were_changed(
    changed: dict[str, Any], names: list[str]
) -> None:
    other = replace(USUAL, **changed)
    found = differences(USUAL, other)
    assert list(found) == names
    assert differences(other, USUAL) == {name: sides[::-1] for name, sides in found.items()}


def test_each_side_is_what_that_experiment_has() -> None:
    other = replace(
        USUAL, seed=4, optimizer=Adam(learning_rate=Warmup(2e-3)), loss=CrossEntropy(0.2)
    )
    assert differences(USUAL, other) == {
        "seed": (0, 4),
        "loss.smoothing": (0.0, 0.2),
        "optimizer": (USUAL.optimizer, other.optimizer),
        "schedule": (OneCycle(max_lr=0.05), Warmup(2e-3)),
    }
    slow = replace(USUAL, optimizer=EMA(replace(SGD_, momentum=0.5)))
    fast = replace(
        USUAL, optimizer=EMA(replace(SGD_, learning_rate=OneCycle(max_lr=0.3)), decay=0.9)
    )
    assert differences(slow, fast) == {
        "optimizer.optimizer.momentum": (0.5, 0.9),
        "optimizer.decay": (0.999, 0.9),
        "learning_rate": (0.05, 0.3),
    }
    assert list(
        differences(slow, replace(USUAL, optimizer=EMA(Adam(learning_rate=SGD_.learning_rate))))
    ) == ["optimizer.optimizer"]
