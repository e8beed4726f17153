"""What an annotation allows, and the one form that it has for it.

    bool       True or False, NumPy's too; 0 and 1 are not
    int        whole numbers of any type; not True and False
    float      numbers of any type, finite; -0.0 is 0.0
    str        texts, and paths
    Literal    one of the choices
    tuple      tuples, lists, ranges and arrays, item by item; the pairs of a mapping
    a class    its instances
    a union    what fits a member; in the form of the first that it fits

Annotations that say nothing of the kind (``Any``, a callable, an array, a name that cannot be
resolved) are not checked; NumPy's numbers and lists become Python's in those too.
"""

from __future__ import annotations

import inspect
import operator
import os
from collections.abc import Callable, Mapping
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np

LONGEST = 60
"""Characters of a value that a message repeats."""


class MisfitError(Exception):
    """What an annotation asks for instead of the value that was given."""


def fit(given: Any, wanted: Any) -> Any:
    """``given`` in the one form that the annotation ``wanted`` has for it; the object itself if it has it.

    Raises:
        MisfitError: If it is nothing that ``wanted`` allows.
    """
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return _member(given, get_args(wanted))
    if origin is Annotated:
        return fit(given, get_args(wanted)[0])
    if origin is Literal:
        return _choice(given, get_args(wanted))
    if wanted is tuple or origin is tuple:
        return _tuple(given, get_args(wanted) or (Any, ...))
    if wanted in _PLAIN:
        return _PLAIN[wanted](given)
    if isinstance(wanted, type) and origin is None and wanted not in (Any, object):
        return _instance(given, wanted)
    return _plainly(given)


def _truth(given: Any) -> bool:
    if isinstance(given, bool | np.bool_):
        return bool(given)
    raise MisfitError("True or False")


def _whole(given: Any) -> int:
    if type(given) is int:
        return given
    if not isinstance(given, bool | np.bool_ | str | bytes):
        if isinstance(given, float | np.floating) and float(given).is_integer():
            return int(given)
        try:
            return operator.index(given)
        except TypeError:
            pass
    raise MisfitError("a whole number")


def _number(given: Any) -> float:
    if not isinstance(given, bool | np.bool_ | str | bytes):
        try:
            if isfinite(found := float(given)):
                return given if type(given) is float and found else found + 0.0
        except (TypeError, ValueError, OverflowError):
            pass
    raise MisfitError("a finite number")


def _text(given: Any) -> str:
    if isinstance(given, str):
        return given if type(given) is str else str(given)
    if isinstance(given, os.PathLike):
        path = os.fspath(given)
        if isinstance(path, str):
            return path
    raise MisfitError("a text")


def _nothing(given: Any) -> None:
    if given is not None:
        raise MisfitError("None")


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    bool: _truth,
    int: _whole,
    float: _number,
    str: _text,
    NoneType: _nothing,
    None: _nothing,
}


def _choice(given: Any, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        try:
            if fit(given, type(choice)) == choice:
                return choice
        except MisfitError:
            continue
    raise MisfitError(" or ".join(map(repr, choices)))


def _member(given: Any, members: tuple[Any, ...]) -> Any:
    wanted: list[str] = []
    for member in members:
        try:
            return fit(given, member)
        except MisfitError as error:
            wanted.append(str(error))
    raise MisfitError(", or ".join(dict.fromkeys(wanted)))


def _tuple(given: Any, items: tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(given, np.ndarray) and given.ndim:
        given = given.tolist()
    if isinstance(given, Mapping):
        given = tuple(given.items())
    open_ended = len(items) == 2 and items[1] is Ellipsis
    if not isinstance(given, tuple | list | range):
        example = f"; for one alone write ({shown(given)},)" if open_ended else ""
        raise MisfitError(f"a tuple{example}")
    if items == ((),):  # tuple[()] of Python 3.10
        items = ()
    wanted = items[:1] * len(given) if open_ended else items
    if len(wanted) != len(given):
        raise MisfitError(f"a tuple of {len(wanted)}")
    try:
        found = tuple(map(fit, given, wanted))
    except MisfitError as error:
        raise MisfitError(
            f"a tuple, each item {error}" if open_ended else f"a tuple: {error}"
        ) from None
    if type(given) is tuple and all(map(operator.is_, found, given)):
        return given
    return found


def _instance(given: Any, wanted: type) -> Any:
    try:
        if isinstance(given, wanted):
            return given
    except TypeError:  # a protocol that cannot be asked
        return given
    if isinstance(given, np.generic) and isinstance(given.item(), wanted):
        return given.item()
    article = "an" if wanted.__name__[0] in "AEIOU" else "a"
    raise MisfitError(f"{article} {wanted.__name__}{_written(given, wanted)}")


def _written(given: Any, wanted: type) -> str:
    """How to write the object that was meant by a text, a class, a function or a list."""
    if inspect.isclass(given) and issubclass(given, wanted):
        return f": call the class, {given.__name__}(...)"
    if inspect.isroutine(given):
        return f": call the function, {getattr(given, '__name__', 'it')}(...)"
    if isinstance(given, tuple | list):
        return ", not a list of them: unpack it with *"
    if not isinstance(given, str):
        return ""
    asked = _letters(given.partition(":")[0])
    named = [each.__name__ for each in _below(wanted) if _letters(each.__name__) == asked]
    if named:
        return f", not a text: write {named[0]}(...)"
    model = ", as zoo.resnet20(10) does" if wanted.__name__ == "Layer" else ""
    return f", not a text: make the object{model}"


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").strip().lower()


def _below(kind: type) -> list[type]:
    found: list[type] = kind.__subclasses__()
    return [each for child in found for each in (child, *_below(child))]


def _plainly(given: Any) -> Any:
    """A value of which nothing is known: Python's numbers for NumPy's, and tuples for lists."""
    if isinstance(given, np.generic):
        return given.item()
    return _tuple(given, (Any, ...)) if isinstance(given, tuple | list) else given


def shown(given: object) -> str:
    """``given`` for a message, cut where it is long."""
    text = repr(given)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
