"""The bound of a result in float32: PyTorch's own distance from float64 on the same input, with a margin.

A number such as 1e-5 holds on the processor on which it was found: other kernels round in another order,
and a network of many BatchNorms magnifies that. PyTorch in float32 is magnified alike, so its distance is a
yardstick that goes along. One result can lie near float64 by luck, above all one number such as a loss: give
several, of other orders of the same samples or other layouts; the farthest counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MARGIN = 10.0
"""How many times as far as the yardstick a result may lie."""
FLOOR = 16 * float(np.finfo(np.float32).eps)
"""The least distance that is allowed, relative to the largest value."""


def distance(found: Any, exact: Any) -> float:
    """The largest difference, relative to the largest exact value."""
    exact = np.asarray(exact, np.float64)
    size = float(np.abs(exact).max()) or 1.0
    return float(np.abs(np.asarray(found, np.float64) - exact).max()) / size


def assert_rounding(
    found: Any, exact: Any, *yardsticks: Any, floor: float = FLOOR, what: str = ""
) -> None:
    """Demands that ``found`` in float32 lies as near to ``exact`` as ``yardsticks`` do, with the margin."""
    own, yardstick = distance(found, exact), max(distance(each, exact) for each in yardsticks)
    allowed = max(floor, MARGIN * yardstick)
    assert own <= allowed, f"{what}: {own:.1e} from float64, the yardstick {yardstick:.1e}"
