"""An option changes what it names, and nothing else: held against the experiment field by field."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest

from thumblab.config import SettingsError, plan
from thumblab.core.value import Value
from thumblab.experiment import EarlyStopping, Experiment
from thumblab.losses import CrossEntropy, Focal
from thumblab.optim import (
    EMA,
    SGD,
    Adam,
    Clipped,
    Cosine,
    Lookahead,
    Muon,
    OneCycle,
    Optimizer,
    RMSprop,
    Schedule,
    SelectiveDecay,
    Step,
    Warmup,
)

LEAST = {"data": "characters", "model": "lenet5"}
USUAL = SGD(learning_rate=OneCycle(max_lr=0.05), nesterov=True, weight_decay=5e-4)


@dataclass(frozen=True)
class Slow(Optimizer):
    """A user's own, with a schedule of its own."""

    learning_rate: float | Schedule = Step(0.3)


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every field of a value and of those inside it, by its path; and their classes."""
    if not isinstance(value, Value):
        return {path: value}
    found: dict[str, Any] = {f"{path}:": type(value).__name__}
    for field in fields(value):
        found |= leaves(getattr(value, field.name), f"{path}.{field.name}".strip("."))
    return found


def differing(settings: dict[str, object]) -> set[str]:
    """The fields in which the experiment is another one than the default."""
    one, other = leaves(plan(LEAST).draft), leaves(plan(LEAST | settings).draft)
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def test_the_default_is_the_one_that_this_table_starts_from() -> None:
    assert plan(LEAST).draft.optimizer == USUAL == Experiment.optimizer


KIND = {"optimizer.learning_rate:"}
CYCLE = {f"optimizer.learning_rate.{name}" for name in ("warmup", "start", "final")}
OF_SGD = {f"optimizer.{name}" for name in ("momentum", "nesterov", "weight_decay", "decoupled")}
OF_ADAM = {f"optimizer.{name}" for name in ("beta1", "beta2", "eps")}


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        ({"optimizer": "sgd"}, set()),
        ({"optimizer": "sgd:momentum=0.8"}, {"optimizer.momentum"}),
        ({"optimizer": "sgd:nesterov=false"}, {"optimizer.nesterov"}),
        ({"optimizer": {"name": "sgd", "weight_decay": 0}}, {"optimizer.weight_decay"}),
        ({"schedule": "one_cycle"}, set()),
        ({"schedule": "one_cycle:max_lr=0.4"}, {"optimizer.learning_rate.max_lr"}),
        ({"schedule": "one_cycle:warmup=0.1"}, {"optimizer.learning_rate.warmup"}),
        ({"schedule": "cosine"}, KIND | CYCLE - {"optimizer.learning_rate.final"}),
        (
            {"schedule": "step"},
            KIND | CYCLE | {"optimizer.learning_rate.milestones", "optimizer.learning_rate.factor"},
        ),
        (
            {"schedule": "cosine:max_lr=0.1"},
            KIND | CYCLE - {"optimizer.learning_rate.final"} | {"optimizer.learning_rate.max_lr"},
        ),
        (
            {"optimizer": "sgd", "schedule": "one_cycle:max_lr=0.1"},
            {"optimizer.learning_rate.max_lr"},
        ),
        (
            {"optimizer": "adam"},
            {"optimizer:", "optimizer.learning_rate.max_lr"} | OF_SGD | OF_ADAM,
        ),
        ({"loss": "cross_entropy"}, set()),
        ({"loss": "cross_entropy:smoothing=0.1"}, {"loss.smoothing"}),
        (
            {"loss": "focal"},
            {"loss:", "loss.smoothing", "loss.gamma", "loss.alpha"},
        ),
        ({"sampling": "balanced"}, {"sampling:", "sampling.power"}),
        ({"normalize": "rescale"}, {"normalize:"}),
        ({"augment": "flip"}, {"augment"}),
        ({"restore_best": "best"}, {"restore_best"}),
        ({"epochs": 3}, {"epochs"}),
        ({"seed": 3}, {"seed"}),
    ],
)
def test_an_option_changes_what_it_names(settings: Any, changed: set[str]) -> None:
    """``--schedule cosine`` once dropped Nesterov and weight decay and doubled the peak."""
    assert differing(settings) == changed


def of(optimizer: Any = None, schedule: Any = None) -> Optimizer:
    told = {"optimizer": optimizer, "schedule": schedule}
    given = {key: value for key, value in told.items() if value is not None}
    return plan(LEAST | given).draft.optimizer


@pytest.mark.parametrize(
    ("optimizer", "schedule", "found"),
    [
        ("sgd", None, USUAL),
        ("SGD", None, USUAL),
        ("sgd:lr=0.1", None, SGD(learning_rate=0.1, nesterov=True, weight_decay=5e-4)),
        (
            "sgd:lr=(step:max_lr=0.2)",
            None,
            SGD(learning_rate=Step(0.2), nesterov=True, weight_decay=5e-4),
        ),
        ("adam", None, Adam(learning_rate=OneCycle(max_lr=1e-3))),
        (
            "rmsprop:weight_decay=1e-4",
            None,
            RMSprop(learning_rate=OneCycle(max_lr=RMSprop().learning_rate), weight_decay=1e-4),
        ),
        ("muon", None, Muon(learning_rate=OneCycle(max_lr=Muon().learning_rate))),
        ("tests.config.test_optimization:Slow", None, Slow()),
        ("adam:lr=0.001", None, Adam(learning_rate=0.001)),
        (None, "cosine", SGD(learning_rate=Cosine(0.05), nesterov=True, weight_decay=5e-4)),
        (None, "constant", SGD(learning_rate=0.05, nesterov=True, weight_decay=5e-4)),
        (None, "constant:max_lr=0.2", SGD(learning_rate=0.2, nesterov=True, weight_decay=5e-4)),
        (
            None,
            "one_cycle:final=0.1",
            SGD(learning_rate=OneCycle(0.05, final=0.1), nesterov=True, weight_decay=5e-4),
        ),
        ("adam", "cosine", Adam(learning_rate=Cosine(1e-3))),
        ("adam", "constant", Adam(learning_rate=1e-3)),
        ("adam:lr=1e-2", "cosine", Adam(learning_rate=Cosine(1e-2))),
        ("adam:lr=1e-2", "cosine:max_lr=1e-2", Adam(learning_rate=Cosine(1e-2))),
        (
            "sgd:momentum=0.5",
            "warmup:max_lr=1,after=one_cycle",
            SGD(Warmup(1.0, after=OneCycle()), momentum=0.5, nesterov=True, weight_decay=5e-4),
        ),
        (
            {"name": "sgd", "learning_rate": 1},
            {"name": "cosine"},
            SGD(learning_rate=Cosine(1.0), nesterov=True, weight_decay=5e-4),
        ),
        ("ema", None, EMA(USUAL)),
        ("selective_decay", None, SelectiveDecay(USUAL)),
        ("selective_decay:exclude=norm-head", None, SelectiveDecay(USUAL, ("norm", "head"))),
        ("ema:decay=0.9", "cosine", EMA(SGD(Cosine(0.05), nesterov=True, weight_decay=5e-4), 0.9)),
        ("ema:optimizer=adam", None, EMA(Adam(learning_rate=OneCycle(max_lr=1e-3)))),
        (
            "ema:optimizer=(clipped:norm=2,optimizer=(sgd:momentum=0.5))",
            None,
            EMA(Clipped(SGD(OneCycle(max_lr=0.05), 0.5, nesterov=True, weight_decay=5e-4), 2.0)),
        ),
    ],
)
def test_optimizers_and_schedules_beside_the_default(
    optimizer: Any, schedule: Any, found: Optimizer
) -> None:
    assert repr(of(optimizer, schedule)) == repr(found)


FILE = {
    "optimizer": "sgd:momentum=0.95,weight_decay=1e-3",
    "schedule": "cosine:max_lr=0.3,final=0.003",
    "loss": "focal:gamma=3",
    "augment": "flip",
    "early_stopping": "early_stopping:patience=7",
    "epochs": 12,
}
OF_FILE = SGD(
    learning_rate=Cosine(0.3, final=0.003), momentum=0.95, nesterov=True, weight_decay=1e-3
)


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"optimizer": "sgd"}, "optimizer", OF_FILE),
        ({"schedule": "cosine"}, "optimizer", OF_FILE),
        (
            {"optimizer": "sgd:momentum=0.8"},
            "optimizer",
            SGD(Cosine(0.3, final=0.003), momentum=0.8, nesterov=True, weight_decay=1e-3),
        ),
        (
            {"optimizer": "adam"},
            "optimizer",
            Adam(learning_rate=Cosine(1e-3, final=1e-3 / 0.3 * 0.003)),
        ),
        ({"optimizer": "adam:lr=0.3"}, "optimizer", Adam(learning_rate=Cosine(0.3, final=0.003))),
        ({"optimizer": "adam:lr=(step:max_lr=0.1)"}, "optimizer", Adam(learning_rate=Step(0.1))),
        (
            {"schedule": "one_cycle"},
            "optimizer",
            SGD(OneCycle(0.3), momentum=0.95, nesterov=True, weight_decay=1e-3),
        ),
        (
            {"schedule": "cosine:max_lr=0.1"},
            "optimizer",
            SGD(Cosine(0.1, final=0.003), momentum=0.95, nesterov=True, weight_decay=1e-3),
        ),
        ({"optimizer": "lookahead"}, "optimizer", Lookahead(OF_FILE)),
        ({"loss": "focal:alpha=0.25"}, "loss", Focal(gamma=3.0, alpha=0.25)),
        ({"loss": "cross_entropy"}, "loss", CrossEntropy()),
        ({"augment": "none"}, "augment", ()),
        ({"early_stopping": "none"}, "early_stopping", None),
        (
            {"early_stopping": "early_stopping:min_delta=0.1"},
            "early_stopping",
            EarlyStopping(patience=7, min_delta=0.1),
        ),
        ({"epochs": 3}, "epochs", 3),
    ],
)
def test_an_option_beside_a_file_wins_and_changes_what_it_names(
    options: Any, name: str, value: Any
) -> None:
    before, after = plan(LEAST | FILE).draft, plan(LEAST | FILE, options).draft
    assert before.optimizer == OF_FILE
    assert repr(getattr(after, name)) == repr(value)
    others = {f.name for f in fields(Experiment)} - {name}
    assert all(getattr(before, other) == getattr(after, other) for other in others)


@pytest.mark.parametrize(
    ("settings", "options", "layer", "message"),
    [
        ({"optimizer": "adm"}, {"optimizer": "adam"}, 0, "unknown optimizer 'adm'"),
        ({"epochs": "x"}, {}, 0, "'x' is not a whole number"),
        ({}, {"schedule": "one_cycle:ryse=1"}, 1, "unknown argument of one_cycle 'ryse'"),
        ({"optimizer": "adam:lr=0.1", "schedule": "cosine:max_lr=0.2"}, {}, 0, "lr=0.1 and"),
        (
            {},
            {"optimizer": "sgd:lr=cosine", "schedule": "cosine"},
            1,
            "has a schedule as its lr",
        ),
    ],
)
def test_what_is_wrong_is_known_by_its_place(
    settings: Any, options: Any, layer: int, message: str
) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        plan(LEAST | settings, options)
    assert [each.layer for each in caught.value.found] == [layer]
    plan(LEAST | {"epochs": "x"}, {"epochs": 3})  # the option stands in for what is wrong
