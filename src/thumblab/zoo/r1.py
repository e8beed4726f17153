"""The 17 experiments of report R1 by number, as ``recipe:r1/experiment-09`` trains them.

All belong to the family of ``stacked_cnn``. Experiments 1, 16 and 17 differ from 2, 9 and 15 in their data
only: raw pixels instead of pixels / 255; shifts of up to 0.1 and flips.
"""

from __future__ import annotations

from typing import Any

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.zoo.stacked import stacked_cnn

FOUR = {"widths": (32, 32, 32), "dense": 0}
NORMED = {"dropout": 0.3, "norm": "after"}
HE = {"init": "he_uniform"}
EXPERIMENTS: dict[int, dict[str, Any]] = {
    1: FOUR,
    2: FOUR,
    3: {"widths": (32,) * 5, "dense": 0},
    4: {"widths": (16, 32, 64, 128, 256), "dense": 0},
    5: {"dense": 0},
    6: {},
    7: {"dropout": 0.3},
    8: NORMED,
    9: NORMED | HE,
    10: {"dropout": 0.3, "norm": "before"} | HE,
    11: {"norm": "after"},
    12: HE,
    13: {"dropout": 0.3} | HE,
    14: {"dropout": 0.3, "init": "he_normal"},
    15: NORMED | HE | {"convolutions": 2},
    16: NORMED | HE,
    17: NORMED | HE | {"convolutions": 2},
}
"""What each gives ``stacked_cnn``: they try layers (1 to 6), dropout (7), BatchNorm (8 to 11), first weights
(12 to 14), pairs of convolutions (15) and data augmentation (16 and 17)."""


def r1_experiment(classes: int, number: int = 17) -> Layer:
    """The architecture of an experiment of report R1; the last was the best, 89.02 % after 300 epochs.

    Args:
        classes: Logits.
        number: Of the experiment, 1 to 17.

    Raises:
        UsageError: If there is no such experiment.
    """
    if number not in EXPERIMENTS:
        raise UsageError(f"r1_experiment(number={number}): the experiments are numbered 1 to 17")
    return stacked_cnn(classes, **EXPERIMENTS[number])
