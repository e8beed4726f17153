"""A part of a batch that is the whole of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Whole:
    batch: int = 1

    def all_reduce(self, value: np.ndarray) -> np.ndarray:
        return np.asarray(value, np.float64)
