from dataclasses import replace
from typing import Any

import pytest

from tests.study.small import experiment
from thumblab.core.errors import UsageError
from thumblab.layers import GELU, Dense, Flatten, Sequential
from thumblab.optim import EMA, SGD, OneCycle
from thumblab.study.edits import edited, swapped


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("epochs", 3, {"epochs": 3}),
        ("epochs", "3", {"epochs": 3}),
        ("seed", 4, {"seed": 4}),
    ],
)
def test_a_field_is_set(path: str, value: object, expected: dict[str, object]) -> None:
    assert edited(experiment(), path, value) == replace(experiment(), **expected)


def changed(path: str, value: object) -> Any:
    return edited(experiment(), path, value)


def test_arguments_inside_are_set_by_their_path() -> None:
    assert changed("optimizer.weight_decay", 0).optimizer.weight_decay == 0
    assert changed("schedule.max_lr", 0.3).optimizer.learning_rate.max_lr == 0.3
    assert changed("optimizer.lr", 0.3).optimizer.learning_rate == 0.3
    assert changed("schedule", "cosine:max_lr=0.2").optimizer.learning_rate.max_lr == 0.2
    assert changed("loss.smoothing", 0.1).loss.smoothing == 0.1
    assert str(changed("augment", "flip").augment) == "(Flip(),)"


def test_an_argument_of_a_wrapped_optimizer_is_found() -> None:
    inner = SGD(learning_rate=OneCycle(max_lr=0.1))
    base = replace(experiment(), optimizer=EMA(inner))
    both: Any = edited(edited(base, "optimizer.momentum", 0.5), "optimizer.decay", 0.9).optimizer
    assert (both.optimizer.momentum, both.decay) == (0.5, 0.9)


def test_a_value_may_be_given_as_such() -> None:
    model = Sequential(Flatten(), Dense(47))
    assert edited(experiment(), "model", model).model == model


def test_layers_of_one_type_are_swapped() -> None:
    found = swapped(experiment().model, "ReLU -> GELU")
    assert found == Sequential(Flatten(), Dense(8), GELU(), Dense(47))
    assert swapped(experiment().model, "relu->gelu") == found


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("epohcs", 3, "did you mean 'epochs'"),
        ("optimizer.wieght_decay", 0, "did you mean 'weight_decay'"),
        ("epochs.more", 3, "has no parts"),
        ("epochs", "many", "not a whole number"),
        ("swap", "ReLU", "says no swap"),
        ("swap", "ReUL -> GELU", "unknown layer 'ReUL'"),
        ("label", "x", "unknown part"),
    ],
)
def test_what_cannot_be_edited_is_refused(path: str, value: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        edited(experiment(), path, value)
