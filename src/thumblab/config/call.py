"""Arguments held against the signature of the class or function that they are for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar, get_type_hints

from thumblab.config.grammar import Call
from thumblab.config.names import describe_error, kind_name, known, pick, plain, snake
from thumblab.config.problem import Collector
from thumblab.core.errors import ThumblabError, UsageError, unknown
from thumblab.core.renamed import field_of, warn
from thumblab.core.run_names import found_run
from thumblab.core.value import Value, type_name

Fit = Callable[[object, Any], Any]

V = TypeVar("V", bound=Value)


def find(name: str, base: type[V]) -> type[V]:
    """The subclass of ``base`` called ``name``, ours or the user's.

    Raises:
        UsageError: If there is none.
    """
    found = pick(kind_name(base), name, known(base))
    if not (isinstance(found, type) and issubclass(found, base)):
        raise UsageError(f"{name} is no {kind_name(base)}; derive it from {base.__name__}")
    return found


def names(call: Call, kind: type[Value]) -> bool:
    """Whether ``call`` names that class."""
    return plain(call.name) in (plain(snake(kind.__name__)), plain(type_name(kind)))


def build(call: Call, base: type[V], fit: Fit, onto: Value | None = None) -> V:
    """The value that ``call`` spells.

    Args:
        call: Its name and arguments.
        base: What it has to be.
        fit: How a text becomes a type.
        onto: A value that keeps what ``call`` does not name, if it is of the class that ``call`` names.

    Raises:
        UsageError: If its name or an argument is unknown, or an argument does not fit.
    """
    begun = onto if isinstance(onto, base) and names(call, type(onto)) else None
    kind = find(call.name, base) if begun is None else type(begun)
    values = arguments(kind, call.name, call.arguments, fit, whole=begun is None)
    try:
        return kind(**values) if begun is None else replace(begun, **values)
    except ThumblabError:
        raise
    except Exception as error:
        raise UsageError(f"{call.name} cannot be made ({describe_error(error)})") from error


def arguments(
    target: Callable[..., Any],
    name: str,
    given: Mapping[str, object],
    fit: Fit,
    taken: int = 0,
    *,
    whole: bool = True,
) -> dict[str, Any]:
    """The ``given`` arguments as the types that ``target`` asks for.

    Args:
        target: A dataclass or a function.
        name: Its name in messages.
        given: Texts of the grammar or TOML values by argument.
        fit: How a text becomes a type.
        taken: How many parameters, from the first, are not the user's to give.
        whole: Whether those without a default have to be given.

    Raises:
        SettingsError: If arguments are unknown or missing, or do not fit; all of them.
    """
    parameters = list(inspect.signature(target).parameters.values())[taken:]
    open_ended = any(each.kind is each.VAR_KEYWORD for each in parameters)
    named = {each.name: each for each in parameters if each.kind not in _STARRED}
    hints, collector, found = _hints(target), Collector(), {}
    for key, value in _todays(target, named, given).items():
        if key in named or open_ended:
            with collector.at(key):
                found[key] = found_run(target, key, fit(value, _wanted(named.get(key), hints)))
        else:
            with collector.at():
                raise _unknown(name, key, named)
    for key, parameter in named.items():
        if whole and parameter.default is parameter.empty and key not in found:
            with collector.at(key):
                raise UsageError(f"{name} needs it; write {name}:{key}=VALUE")
    collector.check()
    return found


SHORT = {"lr": "learning_rate"}
"""Names that arguments have in texts besides their own."""


def _todays(
    target: Callable[..., Any], known: Collection[str], given: Mapping[str, object]
) -> dict[str, object]:
    """``given`` under the names that the arguments have; warns of those that they had before."""
    found: dict[str, object] = {}
    for key, value in given.items():
        name = key if key in known else SHORT.get(key, key)
        today = field_of(getattr(target, "__name__", ""), name)
        if name not in known and today in known:
            warn(name, today)
            name = today
        found[name if name in known else key] = value
    return found


def _unknown(name: str, key: str, named: Collection[str]) -> UsageError:
    if not named:
        return UsageError(f"{name} takes no arguments but was given {key!r}; leave it out")
    return unknown(f"argument of {name}", key, named)


_STARRED = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def _hints(target: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(target)
    except Exception:  # a user's annotation may name anything
        return {}


def _wanted(parameter: inspect.Parameter | None, hints: dict[str, Any]) -> Any:
    """The annotation, or else the default's type; tuples and None say too little to go by."""
    if parameter is None:
        return Any
    default = type(parameter.default)
    return hints.get(parameter.name, default if default in (bool, int, float, str) else Any)
