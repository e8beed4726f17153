"""Values in the grammar: the inverse of ``fit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from thumblab.config.grammar import quote, quoted
from thumblab.config.names import snake
from thumblab.core.value import Value, type_name


def spell(value: Any) -> str:
    """The text that ``fit`` turns back into ``value``; arguments at their default are left out.

    >>> from thumblab.data import Crop, Flip
    >>> from thumblab.optim import SGD, OneCycle
    >>> spell(SGD(rate=OneCycle(peak=0.4), nesterov=True))
    'sgd:rate=(one_cycle:peak=0.4),nesterov=true'
    >>> spell((Flip(), Crop(mode="reflect")))
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
        return mark.join(quoted(each) if isinstance(each, str) else spell(each) for each in value)
    if isinstance(value, Value):
        ours = ":" not in type_name(type(value))
        name = snake(type(value).__name__) if ours else type_name(type(value))
        told = {f.name: getattr(value, f.name) for f in fields(value)}
        usual = {f.name: f.default for f in fields(value)}
        return spell_call(name, {key: each for key, each in told.items() if each != usual[key]})
    return repr(value).replace("e+", "e")  # + would join


def spell_call(name: str, arguments: Mapping[str, Any]) -> str:
    """A name with arguments that are values already."""
    told = ",".join(f"{key}={_inside(value)}" for key, value in arguments.items())
    return f"{name}:{told}" if told else name


def _inside(value: Any) -> str:
    text = spell(value)
    nested = isinstance(value, Value) or (isinstance(value, tuple) and text[0].isalpha())
    return f"({text})" if nested and set(text) & set(":,+") else text
