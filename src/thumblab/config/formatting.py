"""Values in the grammar: the inverse of ``fit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from thumblab.config.call import SHORT
from thumblab.config.grammar import quote, quoted
from thumblab.config.names import snake
from thumblab.core.value import Value, type_name


def format_value(value: Any) -> str:
    """The text that ``fit`` turns back into ``value``; arguments at their default are left out.

    >>> from thumblab.data import Crop, Flip
    >>> from thumblab.optim import SGD, OneCycle
    >>> format_value(SGD(learning_rate=OneCycle(max_lr=0.4), nesterov=True))
    'sgd:lr=(one_cycle:max_lr=0.4),nesterov=true'
    >>> format_value((Flip(), Crop(mode="reflect")))
    'flip+crop:mode=reflect'
    """
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, tuple | list):
        mark = "+" if isinstance(value[0], Value) else "-"
        return mark.join(
            quoted(each) if isinstance(each, str) else format_value(each) for each in value
        )
    if isinstance(value, Value):
        name = format_name(type(value))
        values = {f.name: getattr(value, f.name) for f in fields(value)}
        usual = {f.name: f.default for f in fields(value)}
        return format_call(name, {key: each for key, each in values.items() if each != usual[key]})
    return repr(value).replace("e+", "e")  # + would join


def format_name(kind: type[Value]) -> str:
    """The name of a class in the grammar: ``one_cycle``, or ``module:Class`` of the user's."""
    name = type_name(kind)
    return name if ":" in name else snake(name)


_SHORT = {name: short for short, name in SHORT.items()}


def format_call(name: str, arguments: Mapping[str, Any]) -> str:
    """A name with arguments that are values already."""
    values = ",".join(
        f"{_SHORT.get(key, key)}={_inside(value)}" for key, value in arguments.items()
    )
    return f"{name}:{values}" if values else name


def _inside(value: Any) -> str:
    text = format_value(value)
    nested = isinstance(value, Value) or (isinstance(value, tuple) and text[0].isalpha())
    return f"({text})" if nested and set(text) & set(":,+") else text
