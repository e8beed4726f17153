"""Values: frozen dataclasses that identify what is run, and their way to JSON and back."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from hashlib import sha256
from types import ModuleType
from typing import Any

from thumblab.core import registry
from thumblab.core.errors import UsageError, unknown
from thumblab.core.fields import check, checking
from thumblab.core.renamed import TYPES, field_of, value_of

LOCATES = "locates"
"""In a field's metadata: it says where something lies, which tells values apart but names no run."""


@dataclass(frozen=True)
class Value:
    """Base of layers, optimizers, schedules, losses, augmentations, sources and experiments.

    Subclasses are frozen dataclasses of plain fields: they print, compare, hash and serialize, and
    ``dataclasses.replace`` edits them. A field with ``compare=False`` does not identify the value.
    ``repr`` says everything, ``str`` leaves out what is as it would be anyway.
    Fields are checked against their annotations and brought into one form (see ``fields.py``).
    """

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        checking(cls)

    def __post_init__(self) -> None:
        check(self)

    def __str__(self) -> str:
        message, unpacked = [], _unpacked(type(self))
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == unpacked:
                message += [str(item) for item in value]
            elif value != f.default:
                message.append(f"{f.name}={value}")
        return f"{type(self).__name__}({', '.join(message)})"


def _unpacked(kind: type[Value]) -> str | None:
    """The field that a class takes as ``*arguments``, as containers may, whatever it is called."""
    for name, parameter in inspect.signature(kind).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            return name
    return None


def is_ours(module: str) -> bool:
    """Whether a module of that name is a part of thumblab."""
    return module.partition(".")[0] == "thumblab"


def plain_module(name: str) -> str:
    """What the user calls a module; one that was loaded from a run folder has a mark behind its name.

    >>> plain_module("my_layers@9b871512327c")
    'my_layers'
    """
    return name.partition("@")[0]


def type_name(kind: type) -> str:
    """``Conv`` for a class of ours, ``module:Class`` for a user's."""
    if is_ours(kind.__module__):
        return kind.__name__
    return f"{plain_module(kind.__module__)}:{kind.__qualname__}"


def to_dict(value: Any) -> Any:
    """Plain JSON data that ``from_dict`` turns back into an equal value."""
    if isinstance(value, Value):
        named = {f.name: to_dict(getattr(value, f.name)) for f in fields(value)}
        return {"type": type_name(type(value))} | named
    if isinstance(value, tuple | list):
        return [to_dict(item) for item in value]
    if isinstance(value, dict):
        return {key: to_dict(item) for key, item in value.items()}
    return value


def from_dict(data: Any, modules: Mapping[str, ModuleType] = sys.modules) -> Any:
    """The value that ``to_dict`` described; lists become tuples.

    Nothing is imported that ``data``, which is not trusted, could choose. A class of ours is one that a
    package offers (``core.registry``). One of the user's is found only in ``modules``, by default in
    those that have been imported already.

    Raises:
        UsageError: If a type or a field is unknown, wrong or missing, or a user's module is not there.
    """
    if isinstance(data, list):
        return tuple(from_dict(item, modules) for item in data)
    if not isinstance(data, dict):
        return data
    if "type" not in data:
        return {key: from_dict(item, modules) for key, item in data.items()}
    kind = _kind(data["type"], modules)
    values = {
        (name := field_of(kind.__name__, key)): value_of(name, from_dict(item, modules))
        for key, item in data.items()
        if key != "type"
    }
    known = {f.name for f in fields(kind)}
    for key in values:
        if key not in known:
            raise unknown(f"field of {data['type']}", key, known)
    children = values.pop(_unpacked(kind) or "", ())
    try:
        return kind(*children, **values)
    except TypeError as error:
        raise UsageError(f"{data['type']} cannot be made from {values} ({error})") from error


def find_kind(name: str, modules: Mapping[str, ModuleType]) -> type[Value] | None:
    """The class of the user's called ``module:Class``, or None; ``Class`` may be ``Outer.Inner``."""
    module, _, path = name.partition(":")
    found: Any = modules.get(module)
    for attribute in path.split("."):  # read off, so that no module or class runs code for it
        found = None if found is None else vars(found).get(attribute)
        if not isinstance(found, type):
            return None
    return found if issubclass(found, Value) else None


def _kind(name: Any, modules: Mapping[str, ModuleType]) -> type[Value]:
    if not isinstance(name, str):
        raise UsageError(f"the type of a value is a name, not {name!r}")
    if ":" in name:
        module, _, attribute = name.partition(":")
        if module not in modules:
            raise UsageError(
                f"{name!r} is not a part of thumblab, and no module {module!r} has been imported; import it "
                "first if you trust it"
            )
        kind = find_kind(name, modules)
        if kind is None:
            raise UsageError(
                f"{module!r} has no layer or other value of thumblab called {attribute!r}; name another"
            )
        return kind
    found = registry.find(TYPES.get(name, name))
    if found is None or not issubclass(found, Value):
        raise unknown("type", name, registry.names())
    return found


def identity(value: Any) -> Any:
    """``to_dict`` without the fields that do not identify the value: ``compare=False``, or they locate."""
    if isinstance(value, Value):
        kept = {f.name: identity(getattr(value, f.name)) for f in fields(value) if _identifies(f)}
        return {"type": type_name(type(value))} | kept
    if isinstance(value, tuple | list):
        return [identity(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 1 == 1.0, and equal values have equal digests
    return to_dict(value)


def _identifies(field: Field[Any]) -> bool:
    return field.compare and LOCATES not in field.metadata


def identity_of_dict(data: Any, modules: Mapping[str, ModuleType] = sys.modules) -> Any:
    """``identity`` of the value that ``to_dict`` described as ``data``, as it was described."""
    if isinstance(data, list):
        return [identity_of_dict(item, modules) for item in data]
    if isinstance(data, float) and data.is_integer():
        return int(data)
    if not isinstance(data, dict):
        return data
    left_out: set[str] = set()
    if "type" in data:
        kind = _kind(data["type"], modules)
        located = {f.name for f in fields(kind) if not _identifies(f)}
        left_out = {name for name in data if field_of(kind.__name__, name) in located}
    return {
        name: identity_of_dict(item, modules) for name, item in data.items() if name not in left_out
    }


def digest(value: Value) -> str:
    """64 hex digits (SHA-256) that name a value; equal values have equal digests."""
    return sha256(json.dumps(identity(value), sort_keys=True).encode()).hexdigest()
