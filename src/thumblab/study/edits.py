"""An experiment with one thing changed, named by a dotted path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, get_type_hints

from thumblab.config import fit, known
from thumblab.config.call import SHORT
from thumblab.core.errors import UsageError, unknown
from thumblab.core.layer import Layer, swap
from thumblab.core.renamed import field_of
from thumblab.core.value import Value
from thumblab.experiment import Experiment
from thumblab.optim.wrapper import Wrapper

Edits = Mapping[str, Any]
"""New values by dotted path, such as ``{"optimizer.weight_decay": 0, "swap": "ReLU -> GELU"}``."""

SWAP = "swap"
_ARROW = re.compile(r"\s*(.+?)\s*->\s*(.+?)\s*")


def edited(experiment: Experiment, path: str, value: object) -> Experiment:
    """The experiment with ``value`` at ``path``.

    Args:
        experiment: What is changed.
        path: A field, ``epochs``; an argument inside its value, ``optimizer.weight_decay``,
            ``schedule.max_lr``, ``loss.smoothing``; or ``swap``, which replaces every layer of one type.
        value: A value, or a text of the grammar. For ``swap``, ``"ReLU -> GELU"``.

    Raises:
        UsageError: If there is no such path, or the value does not fit.

    >>> from thumblab import data, zoo
    >>> base = Experiment(data.Characters(), zoo.mlp(47))
    >>> edited(base, "optimizer.weight_decay", 0).optimizer.weight_decay
    0.0
    >>> edited(base, "swap", "ReLU -> GELU").model == base.model
    False
    """
    if path == SWAP:
        return replace(experiment, model=swapped(experiment.model, value))
    first, _, rest = path.partition(".")
    if first == "schedule":
        path = ".".join(filter(None, ("optimizer", "learning_rate", rest)))
    if path.startswith("optimizer."):
        path = _innermost(experiment, path)
    changed: Experiment = _edited(experiment, path.split("."), value, path)
    return changed


def swapped(model: Layer, given: object) -> Layer:
    """The architecture with every layer of one type replaced, as ``"ReLU -> GELU"`` says."""
    match = _ARROW.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise UsageError(f"{given!r} says no swap; write it as 'ReLU -> GELU'")
    old, new = match.groups()
    layers = known(Layer)
    same = {name.replace("_", "").lower(): kind for name, kind in layers.items()}
    kind = same.get(old.replace("_", "").lower())
    if kind is None or not issubclass(kind, Layer):
        raise unknown("layer", old, [each.__name__ for each in layers.values()])
    return swap(model, kind, fit(new, Layer))


def _innermost(experiment: Experiment, path: str) -> str:
    """The path of an argument that a wrapped optimizer has and its wrapper has not."""
    optimizer: Any = experiment.optimizer
    head, *rest = path.split(".")
    inner = [head]
    while isinstance(optimizer, Wrapper) and not hasattr(optimizer, _field(optimizer, rest[0])):
        optimizer = optimizer.optimizer
        inner.append("optimizer")
    return ".".join((*inner, *rest))


def _edited(inside: Value, path: list[str], value: object, whole: str) -> Any:
    name, *rest = path
    name = _field(inside, name)
    names = [each.name for each in fields(inside) if each.compare]
    if name not in names:
        raise unknown(f"part of {whole!r}:", name, names)
    if rest:
        below = getattr(inside, name)
        if not isinstance(below, Value):
            raise UsageError(f"{whole!r} leads into {below!r}, which has no parts; shorten it")
        return replace(inside, **{name: _edited(below, rest, value, whole)})
    found = value if _is_value(value) else fit(value, get_type_hints(type(inside))[name])
    return replace(inside, **{name: found})


def _field(inside: Value, name: str) -> str:
    """A field by its name of today, its short name or its earlier one."""
    own = {each.name for each in fields(inside)}
    short = SHORT.get(name, name)
    return name if name in own else short if short in own else field_of(type(inside).__name__, name)


def _is_value(given: object) -> bool:
    if isinstance(given, tuple) and given:
        return all(isinstance(each, Value) for each in given)
    return isinstance(given, Value)
