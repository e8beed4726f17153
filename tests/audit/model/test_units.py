from __future__ import annotations

import numpy as np

from tests.audit.made import Case, Shelf, alone, change_weights
from thumblab.audit import Subject, rule_named
from thumblab.layers import Conv, Dense, Flatten, GlobalAvgPool, ReLU, Sequential, Sigmoid, Tanh

CONV = Sequential(Conv(8, stride=2), ReLU(), GlobalAvgPool(), Dense(10))


def with_dead(shelf: Shelf, count: int) -> Subject:
    def change(name: str, array: np.ndarray) -> np.ndarray:
        return np.where(np.arange(len(array)) < count, -1e3, array) if name == "1.bias" else array

    return alone(change_weights(shelf.copy(shelf.trained()), change))


def mostly_dead(shelf: Shelf) -> Subject:
    return with_dead(shelf, 20)


def partly_dead(shelf: Shelf) -> Subject:
    return with_dead(shelf, 5)


def dead_channels(shelf: Shelf) -> Subject:
    def change(name: str, array: np.ndarray) -> np.ndarray:
        return array - 1e3 * (np.arange(len(array)) < 6) if name == "0.bias" else array

    return alone(change_weights(shelf.copy(shelf.trained(model=CONV, epochs=1)), change))


def of_sigmoids(shelf: Shelf, factor: float, kind: Sigmoid | Tanh) -> Subject:
    model = Sequential(Flatten(), Dense(32), kind, Dense(10))
    return alone(
        change_weights(
            shelf.copy(shelf.trained(model=model)),
            lambda name, array: array * factor if name == "1.weight" else array,
        )
    )


def flat_tanh(shelf: Shelf) -> Subject:
    return of_sigmoids(shelf, 100, Tanh())


def flat_sigmoid(shelf: Shelf) -> Subject:
    return of_sigmoids(shelf, 100, Sigmoid())


def steep_tanh(shelf: Shelf) -> Subject:
    return of_sigmoids(shelf, 0.1, Tanh())


CASES = [
    Case("M03", mostly_dead, partly_dead),
    Case("M03", dead_channels, partly_dead),
    Case("M09", flat_tanh, steep_tanh),
    Case("M09", flat_sigmoid, steep_tanh),
]


def test_the_share_of_the_layer_is_told(shelf: Shelf) -> None:
    (found,) = rule_named("M03").findings(mostly_dead(shelf))
    assert 20 / 32 <= found.evidence["dead"]["2"] < 1
    (found,) = rule_named("M03").findings(dead_channels(shelf))
    assert 6 / 8 <= found.evidence["dead"]["1"] <= 1
