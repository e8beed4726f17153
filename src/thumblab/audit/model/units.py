"""Units that say the same of every image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent
from thumblab.audit.network import look_into
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.layer import Layer
from thumblab.layers import ReLU, Sigmoid, Tanh

Array = NDArray[Any]

MOST = 0.5
SATURATED = 0.99


@dataclass
class Looks:
    """What the activations of a network write, batch after batch.

    Attributes:
        highest: Largest output of each unit of a ReLU, by path.
        beyond: Values of a sigmoid or tanh that are saturated, and all of them, by path.
    """

    highest: dict[str, Array] = field(default_factory=dict)
    beyond: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __call__(self, path: str, layer: Layer, y: Array) -> None:
        """Notes one layer's output."""
        if isinstance(layer, ReLU):
            highest = _of_units(y)
            self.highest[path] = np.maximum(self.highest.get(path, highest), highest)
        elif isinstance(layer, Sigmoid | Tanh):
            far = y < 1 - SATURATED if isinstance(layer, Sigmoid) else y < -SATURATED
            count, total = self.beyond.get(path, (0, 0))
            self.beyond[path] = count + int((far | (y > SATURATED)).sum()), total + y.size


def _of_units(y: Array) -> Array:
    """The largest output of each channel of images, of each feature of tokens and vectors."""
    axes = (0, 2, 3) if y.ndim == 4 else tuple(range(y.ndim - 1))
    highest: Array = y.max(axes)
    return highest


def _looked(subject: Subject) -> Iterator[tuple[Examined, Looks]]:
    for each in subject.first_of_each_arm:
        if each.kept is not None and each.data is not None:
            yield each, subject.remember(("looks", each.name), partial(_look, each))


def _look(run: Examined) -> Looks:
    looks = Looks()
    if run.data is not None and _has_looked_at(run.experiment.model):
        part = run.data.validation if len(run.data.validation) else run.data.train
        look_into(run, part.images, looks)
    return looks


def _has_looked_at(model: Layer) -> bool:
    """Whether there is an activation that is looked at."""
    found: list[Layer] = []

    def note(layer: Layer) -> Layer:
        found.append(layer)
        return layer

    model.map(note)
    return any(isinstance(each, ReLU | Sigmoid | Tanh) for each in found)


@rule(
    code="M03",
    severity="warning",
    title="Dead units",
    trigger="More than half of the units of a ReLU are 0 for every one of up to 512 validation images.",
    why="A unit that is 0 everywhere gets no gradient and never comes back; the layer is narrower "
    "than it looks.",
    remedy="Lower the learning rate, begin with he_normal, or take leaky_relu.",
    source="Zhang et al. 2021, AutoTrainer, doi:10.1109/ICSE43902.2021.00043; Lu et al. 2019, "
    "arXiv:1903.06733.",
    needs_data=True,
)
def dead_units(subject: Subject) -> Iterator[Observation]:
    """Each ReLU of the first run of each arm."""
    for each, looks in _looked(subject):
        shares = {path: float((top <= 0).mean()) for path, top in looks.highest.items()}
        dead = {path: share for path, share in shares.items() if share > MOST}
        if dead:
            worst = max(dead, key=lambda path: dead[path])
            yield Observation(
                each.name,
                f"{len(dead)} of {len(shares)} ReLUs are mostly dead; of the one at {worst.rstrip('.')} "
                f"{percent(dead[worst])} of the units are 0 on all images",
                {"dead": {path.rstrip("."): share for path, share in dead.items()}},
            )


@rule(
    code="M09",
    severity="warning",
    title="Saturated sigmoids",
    trigger="More than half of what a sigmoid or tanh layer writes for up to 512 validation images lies "
    "within 0.01 of its ends.",
    why="There its slope is nearly 0, and what stands before it hardly learns.",
    remedy="Begin with smaller weights (glorot), normalize before it, or take another activation.",
    source="Glorot & Bengio 2010; Amazon SageMaker Debugger, rules SaturatedActivation.",
    needs_data=True,
)
def saturated(subject: Subject) -> Iterator[Observation]:
    """Each sigmoid and tanh of the first run of each arm."""
    for each, looks in _looked(subject):
        shares = {path: count / total for path, (count, total) in looks.beyond.items()}
        far = {path: share for path, share in shares.items() if share > MOST}
        if far:
            worst = max(far, key=lambda path: far[path])
            yield Observation(
                each.name,
                f"{len(far)} of {len(shares)} sigmoids are mostly saturated; that at {worst.rstrip('.')} in "
                f"{percent(far[worst])} of its values",
                {"saturated": {path.rstrip("."): share for path, share in far.items()}},
            )
