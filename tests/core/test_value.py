from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds import kinds
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.core.value import Value, digest, from_dict, identity, to_dict, type_name
from thumblab.layers import Conv, Dense, Dropout, MaxPool, Parallel, ReLU, Sequential
from thumblab.optim import SGD, OneCycle, Step, Warmup


@dataclass(frozen=True)
class Mine(Value):
    """A user's own value, found again as ``module:Class``."""

    size: int = 3
    inside: tuple[Value, ...] = ()
    note: str = field(default="", compare=False)


NotAValue = int

VALUES = [
    Conv(8, kernel=5, padding="valid"),
    Sequential(Conv(8), ReLU(), Parallel(MaxPool(2), Conv(8, stride=2), merge="concat")),
    SGD(learning_rate=Warmup(0.3, after=OneCycle(0.3))),
    Step(0.1, milestones=(0.2, 0.4)),
    Mine(4, (ReLU(), Mine())),
    Sequential(),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back_from_json(value: Value) -> None:
    copy = from_dict(to_dict(value))
    assert copy == value
    assert repr(copy) == repr(value)
    assert digest(copy) == digest(value)
    assert len(digest(value)) == 64


def test_types_of_ours_go_by_their_name_and_a_users_by_module_too() -> None:
    assert type_name(Conv) == "Conv"
    assert type_name(Mine) == "tests.core.test_value:Mine"
    assert Mine in kinds()
    assert Conv in kinds(Layer)


def test_any_other_value_has_another_digest() -> None:
    assert len({digest(value) for value in VALUES}) == len(VALUES)
    assert digest(Conv(8)) != digest(Conv(9))
    assert digest(Sequential(ReLU(), Dense(2))) != digest(Sequential(Dense(2), ReLU()))


def test_a_field_that_is_not_compared_does_not_identify() -> None:
    named = Mine(note="for a table")
    assert named == Mine()
    assert digest(named) == digest(Mine())
    assert "note" not in identity(named)
    assert from_dict(to_dict(named)).note == "for a table"
    assert digest(Mine(inside=(named,))) == digest(Mine(inside=(Mine(),)))


@given(st.floats(0, 0.99) | st.just(0))
def test_equal_values_have_equal_digests(rate: float) -> None:
    twins = [Dropout(rate), Dropout(float(rate)), replace(Dropout(0.5), rate=rate)]
    assert len({digest(value) for value in twins}) == 1
    assert from_dict(to_dict(twins[0])) == twins[0]


def test_a_whole_number_is_the_same_as_an_int_or_a_float() -> None:
    assert SGD(learning_rate=1) == SGD(learning_rate=1.0)
    assert digest(SGD(learning_rate=1)) == digest(SGD(learning_rate=1.0))


def test_plain_data_pass_through() -> None:
    data = {"a": [1, 2.5, None, "x"], "b": {"c": True}}
    assert from_dict(data) == {"a": (1, 2.5, None, "x"), "b": {"c": True}}
    assert to_dict({"model": (ReLU(),)}) == {"model": [{"type": "ReLU"}]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"type": "Cnov"}, r"unknown type 'Cnov'; did you mean 'Conv'\? known: "),
        ({"type": "Conv", "chanels": 3}, r"unknown field of Conv 'chanels'; did you mean 'channe"),
        ({"type": "Conv"}, r"Conv cannot be made .*missing 1 required.*'channels'"),
        ({"type": "Conv", "channels": "8"}, r"Conv cannot be made"),
        ({"type": 3}, r"the type of a value is a name, not 3"),
        ({"type": "nowhere.to_be:Seen"}, r"no module 'nowhere.to_be' has been imported"),
        (
            {"type": "tests.core.test_value:Yours"},
            r"'tests.core.test_value' has no layer .* called 'Yours'",
        ),
        ({"type": "tests.core.test_value:NotAValue"}, r"has no layer or other value of thumb"),
        ({"type": "os:system"}, r"'os' has no layer or other value of thumblab called 'system'"),
    ],
)
def test_errors_say_what_is_wrong(data: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        from_dict(data)


@dataclass(frozen=True, init=False)
class Stack(Layer):
    """A container of the user's that takes its children one by one."""

    blocks: tuple[Layer, ...]
    times: int

    def __init__(self, *blocks: Layer, times: int = 1) -> None:
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "times", times)


@dataclass(frozen=True)
class Listed(Layer):
    """One that has a plain field under the name that ours unpack."""

    layers: tuple[Layer, ...] = ()


@pytest.mark.parametrize("value", [Stack(ReLU(), Conv(2), times=3), Listed((ReLU(), Conv(2)))])
def test_a_container_may_call_its_field_as_it_likes(value: Layer) -> None:
    copy = from_dict(to_dict(value))
    assert copy == value
    assert digest(copy) == digest(value)
    assert str(Stack(ReLU(), times=3)) == "Stack(ReLU(), times=3)"
    assert str(Listed((ReLU(),))) == "Listed(layers=(ReLU(),))"
