"""A function of the analysis beside what has to give the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.analysis.conftest import CASES

Array = NDArray[Any]


@dataclass(frozen=True)
class Comparison:
    """``ours`` has to equal ``reference`` in every case.

    ``name`` is that of a public function, or of a mapping; ``reference`` is scikit-learn's or SciPy's,
    or a plain loop by the definition where they have none. ``cases`` are arguments; without them,
    logits and labels of the random and the degenerate cases.
    """

    name: str
    ours: Callable[..., Any]
    reference: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...] = tuple(CASES.values())
    rtol: float = 1e-9
    atol: float = 1e-12


def groups_of(classes: int) -> Array:
    """Groups of two classes, and one of one if they are odd; interleaved, so that order matters."""
    return np.arange(classes) % max((classes + 1) // 2, 1)


def guessing(call: Callable[..., Any]) -> Callable[..., Any]:
    """``call`` of guesses, labels and the number of classes, as a function of logits and labels."""
    return lambda logits, labels: call(logits.argmax(1), labels, logits.shape[1])
