"""The fields of a value, checked against their annotations when it is made.

So that equal values are one value: an integer is a Python ``int``, whether it was given as ``3``,
``3.0`` or ``np.int64(3)``; a tuple is a tuple, whether it was given as a list or an array. What does
not fit is refused there, with the class, the field and what was given.
What each annotation allows: ``annotations.py``. A field's default is its author's business.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import wraps
from types import SimpleNamespace
from typing import Any, get_type_hints

from thumblab.core.annotations import MisfitError, fit, shown
from thumblab.core.errors import ThumblabError, UsageError


def normalize(value: Any) -> UsageError | None:
    """Brings every field of a frozen dataclass into the one form that its annotation asks for.

    Returns:
        What is wrong, if a field holds what its annotation does not allow; it is left as it is.
    """
    kind, wrong = type(value), None
    for name, hint, default in _declared(kind):
        given = getattr(value, name, default)
        if given is MISSING:
            continue
        try:
            found = fit(given, hint)
        except MisfitError as wanted:
            if given is not default:
                wrong = wrong or UsageError(
                    f"{kind.__name__} cannot be made: {name} is {shown(given)}; give {wanted}"
                )
        else:
            if found is not given:
                object.__setattr__(value, name, found)
    return wrong


def check(value: Any, own: Callable[[], None] = lambda: None) -> None:
    """Normalizes a value, and then asks its ``own`` check, which knows more and speaks first.

    Raises:
        UsageError: If a field holds what its annotation, or that check, does not allow.
    """
    wrong = normalize(value)
    try:
        own()
    except ThumblabError:
        raise
    except Exception:  # it was written for values of the right type
        if wrong is None:
            raise
    if wrong is not None:
        raise wrong


def checking(kind: type) -> None:
    """Makes a new subclass check its fields, whatever ``__init__`` or ``__post_init__`` it has.

    Its own ``__post_init__`` finds them normalized, and need not call its parent's.
    """
    own = vars(kind)
    if "__post_init__" in own:
        kind.__post_init__ = _first(own["__post_init__"])  # type: ignore[attr-defined]
    if "__init__" in own:
        kind.__init__ = _last(own["__init__"])  # type: ignore[misc]


def _first(own: Callable[..., None]) -> Callable[..., None]:
    @wraps(own)
    def checked(self: Any, *arguments: Any) -> None:
        if getattr(type(self), "__post_init__", None) is checked:
            check(self, lambda: own(self, *arguments))
        else:  # a parent's, called by a child's
            own(self, *arguments)

    return checked


def _last(init: Callable[..., None]) -> Callable[..., None]:
    @wraps(init)
    def checked(self: Any, *arguments: Any, **named: Any) -> None:
        init(self, *arguments, **named)
        if type(self).__init__ is checked:
            check(self)

    return checked


_KNOWN: dict[type, tuple[tuple[str, Any, Any], ...]] = {}


def _declared(kind: type) -> tuple[tuple[str, Any, Any], ...]:
    """Name, annotation and default of each field; kept once every annotation can be resolved."""
    if kind not in _KNOWN:
        values, hints = fields(kind), _hints(kind)
        found = tuple((f.name, hints.get(f.name, Any), f.default) for f in values)
        if len(hints.keys() & {f.name for f in values}) < len(values):
            return found
        _KNOWN[kind] = found
    return _KNOWN[kind]


def _hints(kind: type) -> dict[str, Any]:
    """The annotations of a class and its parents, without those that cannot be resolved."""
    try:
        return get_type_hints(kind)
    except Exception:  # a user's annotation may name anything
        found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        module = vars(sys.modules.get(base.__module__, SimpleNamespace()))
        for name, hint in inspect.get_annotations(base).items():
            try:
                alone: Any = SimpleNamespace(__annotations__={name: hint})
                found |= get_type_hints(alone, module, dict(vars(base)))
            except Exception:
                found.pop(name, None)
    return found
