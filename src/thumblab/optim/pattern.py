"""Patterns that say which weights are meant: by path, by type of layer, or the head."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from functools import singledispatch

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape, walk
from thumblab.optim.optimizer import Optimizer

Names = Mapping[str, Collection[str]]
"""What each trained weight may be called, by its path."""


def names_of(model: Layer, x: Shape) -> Names:
    """The names of each trained weight of ``model``.

    They are its path (``4.bias``), its layer's type (``BatchNorm.bias``), the last word of that
    (``norm.bias``), for the last layer that trains ``head.bias``, and for an array of one dimension,
    as a bias or a norm's gain is, ``vector``.

    >>> from thumblab.layers import BatchNorm, Conv, Dense, Flatten, Sequential
    >>> net = Sequential(Conv(4), BatchNorm(), Flatten(), Dense(2, bias=False))
    >>> names_of(net, (1, 8, 8))["1.bias"]
    ('1.bias', 'BatchNorm.bias', 'norm.bias', 'vector')
    >>> names_of(net, (1, 8, 8))["3.weight"]
    ('3.weight', 'Dense.weight', 'dense.weight', 'head.weight')
    """
    owners = {
        prefix: (type(layer).__name__, trained)
        for prefix, layer, shape in walk(model, x)
        if (trained := {n: w.shape for n, w in layer.weights(shape).items() if w.trained})
    }
    head = next(reversed(owners), None)
    names = {}
    for prefix, (kind, trained) in owners.items():
        word = re.findall("[A-Z]+[^A-Z]*", kind)[-1:] or [kind]
        calls = [kind, word[0].lower(), *(["head"] if prefix == head else [])]
        for name, shape in trained.items():
            vector = ["vector"] if len(shape) == 1 else []
            names[prefix + name] = (prefix + name, *(f"{call}.{name}" for call in calls), *vector)
    return names


def matches(name: str, pattern: str) -> bool:
    """Whether ``pattern`` names a weight, or a layer that it is in; ``*`` stands for anything.

    >>> matches("3.body.0.bias", "3.*.bias"), matches("3.body.0.bias", "3.body")
    (True, True)
    """
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*")


def paths_of(pattern: str, names: Names) -> list[str]:
    """Paths of the weights that ``pattern`` names.

    Raises:
        UsageError: If there are none.
    """
    found = [path for path, calls in names.items() if any(matches(c, pattern) for c in calls)]
    if not found:
        known = dict.fromkeys(call for calls in names.values() for call in tuple(calls)[1:])
        raise UsageError(
            f"no trained weight is called {pattern!r}; give a path such as {next(iter(names), '')!r},"
            f" or one of {', '.join(known)}"
        )
    return found


def all_paths(patterns: Iterable[str], names: Names) -> tuple[str, ...]:
    """Paths of the weights that any of ``patterns`` names."""
    return tuple(dict.fromkeys(path for each in patterns for path in paths_of(each, names)))


@singledispatch
def resolve(optimizer: Optimizer, names: Names) -> Optimizer:
    """Copy whose patterns have become paths of the model whose ``names_of`` are given.

    Raises:
        UsageError: If a pattern names no weight.
    """
    inner = {f.name: getattr(optimizer, f.name) for f in fields(optimizer)}
    resolved = {
        name: resolve(value, names) for name, value in inner.items() if isinstance(value, Optimizer)
    }
    return replace(optimizer, **resolved) if resolved else optimizer
