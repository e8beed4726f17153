"""Values that are equal are one value, and what does not fit a field is refused when it is made."""

from __future__ import annotations

import json
from dataclasses import InitVar, dataclass
from typing import Any

import numpy as np
import pytest

from thumblab import data, zoo
from thumblab.core.errors import UsageError
from thumblab.core.value import Value, to_dict
from thumblab.experiment import EarlyStopping, Experiment
from thumblab.layers import Conv, Dense, Parallel, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Adam, Grouped, OneCycle, Optimizer, Schedule, Step


def experiment(**changed: Any) -> Experiment:
    usual: dict[str, Any] = {"data": data.Characters(), "model": Sequential(Conv(4), Dense(47))}
    return Experiment(**(usual | changed))


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        (
            {"optimizer": "adam"},
            r"optimizer is 'adam'; give an Optimizer, not a text: write Adam\(",
        ),
        ({"optimizer": "one-cycle"}, "give an Optimizer, not a text: make the object"),
        ({"optimizer": SGD}, r"give an Optimizer: call the class, SGD\("),
        (
            {"model": "resnet20"},
            r"give a Layer, not a text: make the object, as zoo.resnet20\(10\)",
        ),
        ({"model": zoo.resnet20}, r"call the function, resnet20\("),
        ({"data": "cifar10"}, r"a DatasetSpec, not a text: write Cifar10\("),
        ({"loss": "focal:gamma=2"}, r"a Loss, not a text: write Focal\("),
        ({"augment": data.Flip()}, r"a tuple; for one alone write \(Flip\(\),\)"),
        ({"early_stopping": 3}, "a StopRule, or None"),
        ({"seed": 0.5}, "seed is 0.5; give a whole number"),
        ({"precise": 1}, "precise is 1; give True or False"),
        ({"engine": "nump"}, "engine is 'nump'; give 'numpy' or 'reference' or 'torch'"),
        ({"engine": 3}, "engine is 3; give 'numpy'"),
        ({"epochs": "3"}, "epochs is '3'; give a whole number"),
    ],
)
def test_an_experiment_says_how_to_write_what_it_takes(changed: Any, wanted: str) -> None:
    with pytest.raises(UsageError, match=wanted):
        experiment(**changed)


def test_equal_experiments_are_one_experiment() -> None:
    """``seed=3`` and ``seed=3.0`` were equal, had one key, and trained to different weights."""
    asked = experiment(seed=3, validation=0.0, optimizer=SGD(learning_rate=1.0))
    for seed in (3.0, np.int64(3), np.float64(3)):
        same = experiment(seed=seed, validation=0, optimizer=SGD(learning_rate=np.int32(1)))
        assert (same, repr(same), same.key("")) == (asked, repr(asked), asked.key(""))
        assert type(same.seed) is int
    assert [experiment(seed=seed).seed for seed in np.arange(3)] == [0, 1, 2]
    assert json.dumps(to_dict(experiment(seed=np.arange(2)[1], batch=np.uint16(64))))


def test_ours_take_lists_arrays_and_numpy_numbers() -> None:
    assert Step(milestones=[0.5, 1]) == Step(milestones=(0.5, 1.0))
    assert CrossEntropy(weights=np.array([1, 2])) == CrossEntropy(weights=(1.0, 2.0))
    assert repr(CrossEntropy(weights=[1, 2]).weights) == "(1.0, 2.0)"
    assert Grouped(SGD(), {"0": 2}) == Grouped(SGD(), (("0", 2.0),))
    assert repr(Conv(np.int64(8), kernel=3.0)) == repr(Conv(8, kernel=3))
    assert repr(EarlyStopping(patience=np.int64(3))) == repr(EarlyStopping(patience=3))


def test_containers_are_checked_although_they_write_their_own_init() -> None:
    with pytest.raises(UsageError, match=r"layers is .*each item a Layer, not a list.*unpack it"):
        Sequential([Conv(8), ReLU()])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="each item a Layer"):
        Parallel(ReLU(), "relu")  # type: ignore[arg-type]


def test_a_check_of_ones_own_needs_no_super_and_sees_normal_fields() -> None:
    seen: list[object] = []

    @dataclass(frozen=True)
    class Parent(Optimizer):
        learning_rate: float | Schedule = 0.1

        def __post_init__(self) -> None:
            seen.append(self.learning_rate)

    @dataclass(frozen=True)
    class Child(Parent):
        steps: int = 1

        def __post_init__(self) -> None:
            Parent.__post_init__(self)
            if self.steps < 1:
                raise UsageError("steps must be at least 1")

    assert repr(Child(learning_rate=np.float64(0.5), steps=2.0).steps) == "2"  # type: ignore[arg-type]
    assert [type(learning_rate) for learning_rate in seen] == [float]
    with pytest.raises(UsageError, match=r"^steps must be at least 1$"):
        Child(learning_rate="high", steps=0)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="Child cannot be made: steps is 'a'"):
        Child(steps="a")  # type: ignore[arg-type]
    with pytest.raises(
        UsageError, match="learning_rate is 'high'; give a finite number, or a Schedule"
    ):
        Child(learning_rate="high")  # type: ignore[arg-type]


def test_slots_arguments_of_init_alone_and_mistakes_of_ones_own_stay_as_they_are() -> None:
    @dataclass(frozen=True, slots=True)
    class Slotted(Value):
        size: int = 1

    @dataclass(frozen=True)
    class Doubled(Value):
        size: int = 0
        half: InitVar[int] = 1

        def __post_init__(self, half: int) -> None:  # type: ignore[override]
            object.__setattr__(self, "size", 2 * half)

    @dataclass(frozen=True)
    class Broken(Value):
        size: int = 0

        def __post_init__(self) -> None:
            raise KeyError("mine")

    assert repr(Slotted(np.int64(2)).size) == "2"  # type: ignore[arg-type]
    assert Doubled(half=4).size == 8
    with pytest.raises(KeyError, match="mine"):
        Broken()


def test_a_schedule_keeps_its_place() -> None:
    assert Adam(learning_rate=OneCycle(max_lr=1)).learning_rate == OneCycle(max_lr=1.0)
