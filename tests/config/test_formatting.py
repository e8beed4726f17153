from dataclasses import fields
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thumblab.config import fit, format_value, known
from thumblab.core.errors import UsageError
from thumblab.core.value import Value
from thumblab.data import Augmentation, Crop, DatasetSpec, Flip, Normalization
from thumblab.losses import Loss
from thumblab.optim import SGD, Optimizer, Schedule, Step, Warmup

BASES = (Optimizer, Schedule, Loss, DatasetSpec, Normalization, Augmentation)
KINDS = [(base, kind) for base in BASES for kind in known(base).values()]


def of_type(wanted):
    """Any value that an annotation admits."""
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return st.one_of(*map(of_type, get_args(wanted)))
    if origin is Literal:
        return st.sampled_from(get_args(wanted))
    if origin is tuple:
        return st.lists(of_type(get_args(wanted)[0]), max_size=4).map(tuple)
    if isinstance(wanted, type) and issubclass(wanted, Value):
        # One level deep: optimizers within optimizers within optimizers would go on for ever.
        return st.sampled_from([made(kind, {}) for kind in known(wanted).values()])
    return {
        bool: st.booleans(),
        int: st.integers(-(10**6), 10**6),
        float: st.floats(0, 0.99) | st.floats(allow_nan=False, allow_infinity=False),
        str: st.text(),
        NoneType: st.none(),
    }[wanted]


def of_kind(kind):
    """Values of a class; one that its own checks refuse becomes the default."""
    hints = get_type_hints(kind)
    drawn = {
        field.name: st.one_of(st.just(field.default), of_type(hints[field.name]))
        for field in fields(kind)
    }
    return st.fixed_dictionaries(drawn).map(lambda values: made(kind, values))


def made(kind, values):
    for count in range(len(values), -1, -1):
        try:
            return kind(**dict(list(values.items())[:count]))
        except (UsageError, ValueError, TypeError):
            continue
    raise AssertionError(kind)


@pytest.mark.parametrize(("base", "kind"), KINDS, ids=[kind.__name__ for _, kind in KINDS])
@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_value_comes_back_from_its_text(base, kind, data):
    value = data.draw(of_kind(kind))
    assert fit(format_value(value), base) == value


@settings(deadline=None)
@given(st.lists(of_type(Augmentation), max_size=3).map(tuple))
def test_several_values_come_back_from_their_text(values):
    assert fit(format_value(values), tuple[Augmentation, ...]) == values


@settings(deadline=None)
@given(st.lists(st.text(), max_size=3).map(tuple))
def test_texts_in_a_tuple_come_back(values):
    assert fit(format_value(values), tuple[str, ...]) == values


def test_arguments_at_their_default_are_left_out():
    assert format_value(SGD()) == "sgd"
    assert (
        format_value(SGD(learning_rate=Warmup(after=Step(milestones=(0.5,)))))
        == "sgd:lr=(warmup:after=(step:milestones=0.5))"
    )
    assert format_value((Flip(), Crop(pad=2, mode="edge"))) == "flip+crop:pad=2,mode=edge"
    assert format_value(()) == format_value(None) == "none"


def test_every_kind_of_value_is_discovered():
    assert {kind.__name__ for _, kind in KINDS} >= {
        "SGD",
        "OneCycle",
        "CrossEntropy",
        "Cifar10",
        "Standardize",
        "Affine",
    }
