"""Whether the weights that a network owns have a part in what it does."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab import optim
from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent, some
from thumblab.audit.network import trained_names, unread
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.optim import Grouped, Optimizer
from thumblab.storage.checkpoint import Arrays

Array = NDArray[Any]

LEAST_VALUES = 8
"""A tensor of fewer values, or of equal ones, may be a multiple of its start by chance."""


@rule(
    code="M01",
    severity="error",
    title="Weights that never moved",
    trigger="A weight that is neither frozen nor given a rate of 0 is bit for bit what the seed drew "
    "before training, or that times a factor, as weight decay alone leaves it.",
    why="No gradient reaches it: a layer that is not called, or behind one that lets nothing through.",
    remedy="Wire the layer, or freeze or remove it.",
    source="Report R4: a 1x1 convolution `skip` that is made and never called.",
    needs_data=True,
)
def never_moved(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        if each.kept is None or each.initial is None or not each.result.get("steps", 1):
            continue
        first, last = each.initial, each.kept[0]
        names = [name for name in trained_names(each) if not _is_still(each, name)]
        same = [name for name in names if np.array_equal(first[name], last[name])]
        scaled = [
            name for name in names if name not in same and _is_scaled(first[name], last[name])
        ]
        still = {*same, *scaled}
        same = [name for name in same if not _has_no_use(name, last, still)]
        scaled = [name for name in scaled if not _has_no_use(name, last, still)]
        if same or scaled:
            values = sum(prod(last[name].shape) for name in same + scaled)
            share = values / sum(prod(last[name].shape) for name in trained_names(each))
            described = [f"{some(same)} not at all"] if same else []
            described += [f"{some(scaled)} by weight decay alone"] if scaled else []
            yield Observation(
                each.name,
                f"{len(same) + len(scaled)} weights have not been trained, {percent(share)} of all values: "
                f"{', '.join(described)}",
                {"unmoved": same, "only_decayed": scaled, "share": share},
            )


def _has_no_use(name: str, last: Arrays, still: set[str]) -> bool:
    """Whether a vector lies beside a matrix that has moved.

    A bias before a norm has no gradient: the norm takes it out again.
    """
    layer = name.rpartition(".")[0]
    matrices = [
        other for other in last if other.rpartition(".")[0] == layer and last[other].ndim > 1
    ]
    return last[name].ndim == 1 and bool(matrices) and not still & set(matrices)


def _is_still(run: Examined, name: str) -> bool:
    """Whether the optimizer was told to leave a weight as it is."""
    assert run.kept is not None
    shape = tuple(run.kept[1]["shape"])
    known = optim.names_of(run.experiment.model, shape)
    optimizer: Optimizer | None = optim.resolve(run.experiment.optimizer, known)
    while optimizer is not None:
        if isinstance(optimizer, Grouped) and optimizer.factor(name) == 0:
            return True
        inner = getattr(optimizer, "optimizer", None)
        optimizer = inner if isinstance(inner, Optimizer) else None
    return False


def _is_scaled(first: Array, last: Array) -> bool:
    if first.size < LEAST_VALUES or first.std() == 0:
        return False
    one, other = first.astype(np.float64).ravel(), last.astype(np.float64).ravel()
    factor = float(one @ other / (one @ one))
    rest = float(np.abs(other - factor * one).max())
    return 0 < factor < 1 and rest <= 1e-4 * factor * float(np.abs(one).max())


@rule(
    code="M02",
    severity="error",
    title="Weights that are never read",
    trigger="No output of the network changes, bit for bit, when the weight is drawn anew.",
    why="It is counted, saved and compared, and has no effect: the network is another one than its "
    "name says.",
    remedy="Call the layer where it belongs, or remove it.",
    source="Report R4: with and without the skip connection, the networks compute the same.",
    needs_data=True,
)
def never_read(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm, on a few validation images."""
    for each in subject.first_of_each_arm:
        if each.kept is None or each.data is None:
            continue
        part = each.data.validation if len(each.data.validation) else each.data.train
        names = unread(each, part.images, part.labels)
        if names:
            yield Observation(
                each.name,
                f"no output depends on {some(names)}",
                {"unread": list(names), "values": sum(each.kept[0][name].size for name in names)},
            )
