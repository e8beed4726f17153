from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[Any]

Case = tuple[Array, Array]
"""Logits ``(n, classes)`` and labels ``(n,)``."""


def random_case(seed: int, n: int, classes: int, *, whole: bool = False) -> Case:
    """Logits that lean to the truth; whole numbers tie."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, classes, n)
    logits = draw.standard_normal((n, classes)) + 1.5 * np.eye(classes)[labels]
    return (np.round(logits) if whole else logits), labels


CASES = {
    "random": random_case(0, 500, 7),
    "ties": random_case(1, 500, 7, whole=True),
    "all tie": (np.zeros((20, 4)), np.arange(20) % 4),
    "absent class": (random_case(2, 50, 9)[0], random_case(2, 50, 6)[1]),
    "one sample right": (np.array([[0.0, 2.0, 1.0]]), np.array([1])),
    "one sample wrong": (np.array([[0.0, 2.0, 1.0]]), np.array([2])),
    "one class": (np.zeros((5, 1)), np.zeros(5, np.int64)),
    "two classes": random_case(3, 40, 2),
    "huge logits": (1e4 * random_case(4, 60, 5)[0], random_case(4, 60, 5)[1]),
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found
