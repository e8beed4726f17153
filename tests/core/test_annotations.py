"""What annotations allow, seen through a value that has a field of every sort."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pytest

from thumblab.core.annotations import LONGEST
from thumblab.core.errors import UsageError
from thumblab.core.value import Value, digest, from_dict, to_dict
from thumblab.layers import ReLU

if TYPE_CHECKING:
    from nowhere import Unknown


@dataclass(frozen=True)
class Mine(Value):
    """A field of every sort, one with a type that is not there and one with a default that is wrong."""

    whole: int = 1
    number: float = 0.5
    truth: bool = False
    text: str = ""
    choice: Literal[1, 2, "auto"] = 1
    pair: tuple[int, float] = (1, 2.0)
    many: tuple[tuple[str, int], ...] = ()
    either: int | Literal["same"] | None = None
    noted: Annotated[float, "a share"] = 0.0
    values: tuple[Value, ...] = ()
    unknown: Unknown | None = None
    anything: Any = None
    called: Callable[[int], int] | None = None
    sloppy: float = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("whole", np.int64(3), 3),
        ("whole", np.uint8(3), 3),
        ("whole", 3.0, 3),
        ("whole", np.float32(3), 3),
        ("whole", np.array(3), 3),
        ("number", 3, 3.0),
        ("number", np.float32(0.25), 0.25),
        ("number", np.int8(2), 2.0),
        ("number", -0.0, 0.0),
        ("truth", np.True_, True),
        ("text", np.str_("a"), "a"),
        ("text", Path("a/b"), "a/b"),
        ("choice", 2.0, 2),
        ("choice", np.str_("auto"), "auto"),
        ("pair", [np.int64(2), 1], (2, 1.0)),
        ("pair", np.array([2.0, 1.5]), (2, 1.5)),
        ("many", [["a", 1.0]], (("a", 1),)),
        ("many", {"a": 1}, (("a", 1),)),
        ("either", 2.0, 2),
        ("either", "same", "same"),
        ("noted", 1, 1.0),
        ("values", [ReLU()], (ReLU(),)),
        ("unknown", np.int64(1), 1),
        ("unknown", [[1], [2]], ((1,), (2,))),
        ("anything", np.float64(0.5), 0.5),
        ("sloppy", None, None),
        ("sloppy", 2, 2.0),
    ],
)
def test_a_field_keeps_one_form_of_what_it_is_given(name: str, given: Any, kept: Any) -> None:
    value = Mine(**{name: given})
    found = getattr(value, name)
    assert repr(found) == repr(kept)  # 3 == 3.0 == np.int64(3), but they are not written alike
    assert value == Mine(**{name: kept})
    copy = from_dict(json.loads(json.dumps(to_dict(value))))
    assert (copy, repr(copy), digest(copy)) == (value, repr(value), digest(value))


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("whole", 3.5, "a whole number"),
        ("whole", True, "a whole number"),
        ("whole", "3", "a whole number"),
        ("whole", None, "a whole number"),
        ("number", float("nan"), "a finite number"),
        ("number", np.inf, "a finite number"),
        ("number", 10**400, "a finite number"),
        ("number", "0.1", "a finite number"),
        ("number", np.array([1.0, 2.0]), "a finite number"),
        ("truth", 1, "True or False"),
        ("truth", "false", "True or False"),
        ("text", 3, "a text"),
        ("text", b"a", "a text"),
        ("choice", True, "1 or 2 or 'auto'"),
        ("choice", "other", "1 or 2 or 'auto'"),
        ("pair", (1, 2, 3), "a tuple of 2"),
        ("pair", "12", "a tuple"),
        ("many", [("a", "b")], "each item a tuple: a whole number"),
        ("either", "valid", "a whole number, or 'same', or None"),
        ("values", ReLU(), r"for one alone write \(ReLU\(\),\)"),
        ("values", "relu", "a tuple"),
        ("values", ["relu"], r"each item a Value, not a text: write ReLU\(\.\.\.\)"),
        ("sloppy", "a", "a finite number"),
    ],
)
def test_what_does_not_fit_a_field_is_refused(name: str, given: Any, wanted: str) -> None:
    with pytest.raises(UsageError, match=f"Mine cannot be made: {name} is .*{wanted}"):
        Mine(**{name: given})
    with pytest.raises(UsageError, match=wanted):
        replace(Mine(), **{name: given})


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(UsageError) as caught:
        Mine(whole="x" * 100_000)  # type: ignore[arg-type]
    assert len(str(caught.value)) < LONGEST + 100
