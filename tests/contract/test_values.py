"""What every value of the package obeys: one form for what it is given, to JSON and back."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, get_type_hints

import numpy as np
import pytest

from tests.contract.subjects import LAYERS, examples
from tests.kinds import kinds
from thumblab.core.errors import UsageError
from thumblab.core.value import Value, digest, from_dict, to_dict
from thumblab.data import Characters
from thumblab.experiment import Experiment


def everything() -> dict[type[Value], Value]:
    """An example of every class, out of the tests' examples and the values inside them."""
    pending: list[Any] = [layer for layer, _ in LAYERS]
    pending += [*examples("optim"), *examples("losses"), *examples("data")]
    pending += [Experiment(Characters(), LAYERS[0][0])]
    found: dict[type[Value], Value] = {}
    while pending:
        each = pending.pop()
        if isinstance(each, tuple | list):
            pending += each
        elif isinstance(each, Value):
            found.setdefault(type(each), each)
            pending += [getattr(each, field.name) for field in fields(each)]
    for kind in set(kinds()) - set(found):
        ours = kind.__module__.startswith("thumblab.") and not kind.__subclasses__()
        if ours and all(field.default is not field.default_factory for field in fields(kind)):
            found[kind] = kind()
    return {kind: found[kind] for kind in sorted(found, key=lambda kind: kind.__name__)}


VALUES = everything()
CASES = pytest.mark.parametrize("value", VALUES.values(), ids=[k.__name__ for k in VALUES])


def foreign(value: Any) -> Any:
    """As NumPy and JSON have it: their numbers for Python's, lists for tuples."""
    if isinstance(value, tuple):
        return [foreign(item) for item in value]
    if type(value) in (bool, int, float, str):
        return np.array(value)[()]
    return value


def made(value: Value, **changed: Any) -> Value:
    told = {field.name: getattr(value, field.name) for field in fields(value)} | changed
    return type(value)(*told.pop("layers", ()), **told)


@CASES
def test_numbers_of_numpy_and_lists_give_the_same_value(value: Value) -> None:
    told = {f.name: foreign(getattr(value, f.name)) for f in fields(value) if f.name != "layers"}
    same = made(value, **told)
    assert (same, repr(same), digest(same)) == (value, repr(value), digest(value))


@CASES
def test_whole_numbers_may_be_written_either_way(value: Value) -> None:
    hints = get_type_hints(type(value))
    for field in fields(value):
        given = getattr(value, field.name)
        if hints[field.name] is int:
            assert repr(made(value, **{field.name: float(given)})) == repr(value)
        elif hints[field.name] is float and given == int(given):
            assert repr(made(value, **{field.name: int(given)})) == repr(value)


@CASES
def test_it_comes_back_from_json_as_it_was(value: Value) -> None:
    copy = from_dict(json.loads(json.dumps(to_dict(value))))
    assert (copy, repr(copy), digest(copy)) == (value, repr(value), digest(value))


WRONG: dict[Any, tuple[object, ...]] = {
    bool: (1, "true", None),
    int: (True, "3", 1.5, None),
    float: (True, "0.1", float("nan"), None),
    str: (3, None),
}


@CASES
def test_what_has_another_type_is_refused(value: Value) -> None:
    hints = get_type_hints(type(value))
    for field in fields(value):
        hint = hints[field.name]
        nested = isinstance(hint, type) and issubclass(hint, Value)
        for given in ("a text", hint) if nested else WRONG.get(hint, ()):
            with pytest.raises(UsageError):
                made(value, **{field.name: given})
