"""Values: frozen dataclasses that identify what is run, and their way to JSON and back."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from thumblab.core.errors import UsageError, unknown
from thumblab.core.fields import check, checking


@dataclass(frozen=True)
class Value:
    """Base of layers, optimizers, schedules, losses, augmentations, sources and experiments.

    Subclasses are frozen dataclasses of plain fields: they print, compare, hash and serialise, and
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
        said = []
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "layers":
                said += [str(item) for item in value]
            elif value != f.default:
                said.append(f"{f.name}={value}")
        return f"{type(self).__name__}({', '.join(said)})"


def kinds(base: type[Value] = Value) -> Iterator[type[Value]]:
    """Every subclass of ``base`` that has been imported."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def type_name(kind: type) -> str:
    """``Conv`` for a class of ours, ``module:Class`` for a user's."""
    ours = kind.__module__.startswith("thumblab.")
    return kind.__name__ if ours else f"{kind.__module__}:{kind.__qualname__}"


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


def from_dict(data: Any) -> Any:
    """The value that ``to_dict`` described; lists become tuples.

    Raises:
        UsageError: If a type or a field is unknown, wrong or missing, or a user's module cannot be
            imported.
    """
    if isinstance(data, list):
        return tuple(from_dict(item) for item in data)
    if not isinstance(data, dict):
        return data
    if "type" not in data:
        return {key: from_dict(item) for key, item in data.items()}
    kind = _kind(data["type"])
    values = {key: from_dict(item) for key, item in data.items() if key != "type"}
    known = {f.name for f in fields(kind)}
    for key in values:
        if key not in known:
            raise unknown(f"field of {data['type']}", key, known)
    children = values.pop("layers", ())
    try:
        return kind(*children, **values)
    except TypeError as error:
        raise UsageError(f"{data['type']} cannot be made from {values} ({error})") from error


def _kind(name: Any) -> type[Value]:
    if not isinstance(name, str):
        raise UsageError(f"the type of a value is a name, not {name!r}")
    if ":" in name:
        module, _, attribute = name.partition(":")
        try:
            found = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            raise UsageError(
                f"{name!r} cannot be imported ({error}); run from the folder that holds {module}.py"
            ) from error
        if not (isinstance(found, type) and issubclass(found, Value)):
            raise UsageError(f"{name!r} is not a layer or another value of thumblab")
        return found
    ours = {kind.__name__: kind for kind in kinds() if ":" not in type_name(kind)}
    if name not in ours:
        raise unknown("type", name, ours)
    return ours[name]


def identity(value: Any) -> Any:
    """``to_dict`` without the fields that do not identify the value (``compare=False``)."""
    if isinstance(value, Value):
        kept = {f.name: identity(getattr(value, f.name)) for f in fields(value) if f.compare}
        return {"type": type_name(type(value))} | kept
    if isinstance(value, tuple | list):
        return [identity(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 1 == 1.0, and equal values have equal digests
    return to_dict(value)


def digest(value: Value) -> str:
    """64 hex digits (SHA-256) that name a value; equal values have equal digests."""
    return sha256(json.dumps(identity(value), sort_keys=True).encode()).hexdigest()
