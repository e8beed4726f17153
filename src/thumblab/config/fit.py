"""Text, or what a TOML file holds, as the type that an annotation asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from thumblab.config.call import V, build
from thumblab.config.grammar import NUMBER, Call, bare, call, numbers, split, unquote
from thumblab.config.names import kind_name, known
from thumblab.config.problem import Collector
from thumblab.core.errors import UsageError
from thumblab.core.value import Value

NOTHING = "none"


def fit(given: object, wanted: Any) -> Any:
    """``given`` as a ``wanted``.

    Args:
        given: A text of the grammar, or a number, truth, list or table of TOML.
        wanted: bool, int, float, str, None, a ``Literal``, tuple or ``Value``, or a union of them.

    Raises:
        UsageError: If it is another thing.
    """
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return _one_of(given, get_args(wanted))
    if origin is Literal:
        return _choice(given, get_args(wanted))
    if origin is tuple:
        return _tuple(given, get_args(wanted))
    if isinstance(wanted, type) and issubclass(wanted, Value):
        return value(given, wanted)
    if wanted in _PLAIN:
        return _PLAIN[wanted](given)
    return _guess(given)


def value(given: object, base: type[V]) -> V:
    """The value of type ``base`` that ``given`` spells, with its arguments.

    Where there is one class of that type, its arguments may stand alone.
    """
    only = [*known(base)]
    if len(only) == 1 and are_arguments(given):
        given = f"{only[0]}:{given}"
    return build(as_call(given, kind_name(base)), base, fit)


def are_arguments(given: object) -> bool:
    """Whether ``given`` is a text of arguments without the name that they belong to."""
    return isinstance(given, str) and re.match(r"\s*\w+=", given) is not None


def as_call(given: object, kind: str) -> Call:
    """The call that a text or a table with a key ``name`` spells."""
    if isinstance(given, str):
        return call(given)
    if isinstance(given, Mapping) and isinstance(given.get("name"), str):
        return Call(given["name"], {key: each for key, each in given.items() if key != "name"})
    raise UsageError(f"{given!r} is no {kind}; give a name, or a table with the key 'name'")


def is_none(given: object) -> bool:
    """Whether ``given`` says that there is nothing."""
    return given is None or (isinstance(given, str) and given.strip().lower() == NOTHING)


def _truth(given: object) -> bool:
    text = {"true": True, "false": False}
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.strip().lower() in text:
        return text[given.strip().lower()]
    raise UsageError(f"{given!r} is not true or false")


def _whole(given: object) -> int:
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, str) and re.fullmatch(r"[+-]?\d{1,18}", given.strip()):
        return int(given)
    raise UsageError(f"{given!r} is not a whole number")


def _number(given: object) -> float:
    number = math.nan
    if isinstance(given, int | float) and not isinstance(given, bool):
        with suppress(OverflowError):
            number = float(given)
    if isinstance(given, str) and re.fullmatch(NUMBER, given.strip()):
        number = float(given)
    if not math.isfinite(number):
        raise UsageError(f"{given!r} is not a number")
    return number


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise UsageError(f"{given!r} is not a text")
    return unquote(given)


def _nothing(given: object) -> None:
    if not is_none(given):
        raise UsageError(f"{given!r} is not none")


_PLAIN: dict[Any, Any] = {
    bool: _truth,
    int: _whole,
    float: _number,
    str: _text,
    NoneType: _nothing,
}


def _choice(given: object, choices: tuple[object, ...]) -> object:
    for choice in choices:
        if given == choice or (isinstance(given, str) and given.strip() == str(choice)):
            return choice
    raise UsageError(f"{given!r} is not one of {', '.join(map(str, choices))}")


def _one_of(given: object, members: tuple[Any, ...]) -> Any:
    """The first member that fits: None where it may be, and texts, which fit nearly everything, last."""
    errors: list[tuple[Any, UsageError]] = []
    for member in sorted(members, key=lambda each: (each is str, each is not NoneType)):
        try:
            return fit(given, member)
        except UsageError as error:
            errors.append((member, error))
    plain_number = isinstance(given, str) and numbers(given)
    for member, found in errors:
        if isinstance(member, type) and issubclass(member, Value) and not plain_number:
            raise found
    raise UsageError(f"{given!r} is not {' or '.join(map(describe, members))}")


def describe(wanted: Any) -> str:
    """What an annotation asks for, in words."""
    if get_origin(wanted) is Literal:
        return " or ".join(map(str, get_args(wanted)))
    if isinstance(wanted, type) and issubclass(wanted, Value):
        return f"the name of a {kind_name(wanted)}"
    text = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    return text.get(wanted, NOTHING)


def _tuple(given: object, items: tuple[Any, ...]) -> tuple[Any, ...]:
    """As many things of one kind as there are, or one of each of ``items``."""
    if is_none(given):
        return ()
    collector, found = Collector(), []
    pieces = _pieces(given, items[0])
    if Ellipsis in items:
        items = items[:1] * len(pieces)
    if len(pieces) != len(items):
        wanted = " and ".join(map(describe, items))
        raise UsageError(f"{given!r} is not {wanted}, joined by -")
    for place, (piece, item) in enumerate(zip(pieces, items, strict=True)):
        with collector.at(*([f"item {place + 1}"] if len(pieces) > 1 else [])):
            found.append(fit(piece, item))
    collector.check()
    return tuple(found)


def _pieces(given: object, item: Any) -> list[object]:
    if isinstance(given, list | tuple):
        return list(given)
    if isinstance(given, Mapping) and get_origin(item) is tuple:
        return list(given.items())
    if not isinstance(given, str):
        return [given]
    text = bare(given)
    if get_origin(item) is tuple or (isinstance(item, type) and issubclass(item, Value)):
        return list(split(text, "+"))
    return list(numbers(text) or split(text, "-"))


def _guess(given: object) -> Any:
    """For arguments without an annotation: what the text looks like."""
    if not isinstance(given, str):
        return given
    for wanted in (NoneType, bool, int, float, tuple[int, ...], tuple[float, ...]):
        try:
            return fit(given, wanted)
        except UsageError:
            continue
    return unquote(given)
