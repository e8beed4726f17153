from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thumblab.config import fit
from thumblab.core.errors import UsageError
from thumblab.core.value import Value
from thumblab.data import Augmentation, Cifar100, Crop, DatasetSpec, Emnist, FashionMnist, Flip
from thumblab.losses import CrossEntropy, Loss
from thumblab.optim import SGD, Adam, AdamW, Cosine, OneCycle, Optimizer, Step, Warmup


@dataclass(frozen=True)
class Needy(Optimizer):
    """An optimizer of the user's without defaults."""

    need: float = field(kw_only=True)
    other: Any = None

    def __post_init__(self) -> None:
        if self.need == 13:
            raise RuntimeError("bad luck")


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("sgd:momentum=0.9,nesterov=true", Optimizer, SGD(nesterov=True)),
        ("SGD:momentum=.5", Optimizer, SGD(momentum=0.5)),
        ("adam:lr=1e-3", Optimizer, Adam(learning_rate=1e-3)),
        ("adamw", Optimizer, AdamW()),
        ("sgd:lr=one_cycle", Optimizer, SGD(learning_rate=OneCycle())),
        ("sgd:lr=(one-cycle:max_lr=0.4)", Optimizer, SGD(learning_rate=OneCycle(max_lr=0.4))),
        (
            "sgd:lr=(warmup:after=(step:milestones=0.3-0.6,factor=1e-2),max_lr=1),weight_decay=5e-4",
            Optimizer,
            SGD(
                learning_rate=Warmup(max_lr=1.0, after=Step(milestones=(0.3, 0.6), factor=0.01)),
                weight_decay=5e-4,
            ),
        ),
        ("flip", tuple[Augmentation, ...], (Flip(),)),
        (
            "flip+crop:pad=4,mode=reflect",
            tuple[Augmentation, ...],
            (Flip(), Crop(mode="reflect")),
        ),
        ("none", tuple[Augmentation, ...], ()),
        ("cifar100:labels=coarse", DatasetSpec, Cifar100(labels="coarse")),
        ("emnist:split=byclass", DatasetSpec, Emnist(split="byclass")),
        ("fashion-mnist", DatasetSpec, FashionMnist()),
        ("cross_entropy:smoothing=0.1", Loss, CrossEntropy(smoothing=0.1)),
        ("32-64", tuple[int, ...], (32, 64)),
        ("32", tuple[int, ...], (32,)),
        ("1e-3-0.5", tuple[float, ...], (1e-3, 0.5)),
        ("none", int | None, None),
        ("7", int | None, 7),
        ("same", int | Literal["valid", "same"], "same"),
        ("2", int | Literal["valid", "same"], 2),
        ("TRUE", bool, True),
        ("5", Any, 5),
        ("1e-3", Any, 1e-3),
        ("false", Any, False),
        ("1-2", Any, (1, 2)),
        ("1-.5", Any, (1.0, 0.5)),
        ("word", Any, "word"),
        ("none", Any, None),
    ],
)
def test_texts_become_what_the_annotation_asks_for(text, wanted, value):
    found = fit(text, wanted)
    assert found == value
    assert repr(found) == repr(value)  # 1 and 1.0 are equal but another key


@pytest.mark.parametrize(
    ("table", "wanted", "value"),
    [
        (3, float, 3.0),
        ([32, 64], tuple[int, ...], (32, 64)),
        (32, tuple[int, ...], (32,)),
        (True, bool, True),
        ({"name": "sgd", "momentum": 0.5}, Optimizer, SGD(momentum=0.5)),
        (
            {"name": "sgd", "lr": {"name": "cosine", "max_lr": 1}},
            Optimizer,
            SGD(learning_rate=Cosine(1.0)),
        ),
        (["flip", {"name": "crop", "pad": 2}], tuple[Augmentation, ...], (Flip(), Crop(pad=2))),
        ({"name": "crop"}, tuple[Augmentation, ...], (Crop(),)),
        ([1, "a"], Any, [1, "a"]),
        ({"norm.bias": 64}, tuple[tuple[str, float], ...], (("norm.bias", 64.0),)),
    ],
)
def test_values_of_toml_become_what_the_annotation_asks_for(table, wanted, value):
    assert repr(fit(table, wanted)) == repr(value)


@pytest.mark.parametrize(
    ("text", "wanted", "message"),
    [
        (
            "adm",
            Optimizer,
            "unknown optimizer 'adm'; did you mean 'adam'. known: adagrad, adam, .*",
        ),
        (
            "sgd:momentun=1",
            Optimizer,
            "unknown argument of sgd 'momentun'; did you mean 'momentum'",
        ),
        ("flip:p=1", Augmentation, "flip takes no arguments but was given 'p'; leave it out"),
        ("sgd:momentum=fast", Optimizer, "momentum: 'fast' is not a number"),
        ("sgd:momentum=true", Optimizer, "momentum: 'true' is not a number"),
        ("sgd:momentum=nan", Optimizer, "momentum: 'nan' is not a number"),
        ("sgd:momentum=2", Optimizer, r"momentum must be in \[0, 1\)"),
        ("sgd:nesterov=1", Optimizer, "nesterov: '1' is not true or false"),
        ("sgd:nesterov", Optimizer, "argument 'nesterov' of sgd has no value; write sgd:nesterov="),
        ("sgd:lr=cosin", Optimizer, "rate: unknown schedule 'cosin'; did you mean 'cosine'"),
        ("sgd:lr=1-2", Optimizer, "rate: '1-2' is not a number or the name of a schedule"),
        ("crop:pad=1.5", Augmentation, "pad: '1.5' is not a whole number"),
        ("flip+flop", tuple[Augmentation, ...], "item 2: unknown augmentation 'flop'"),
        ("1-x", tuple[int, ...], "item 2: 'x' is not a whole number"),
        ("x", int | None, "'x' is not a whole number or none"),
        ("x", Literal["a", "b"], "'x' is not one of a, b"),
        (True, int, "True is not a whole number"),
        (True, float, "True is not a number"),
        (1.5, int, "1.5 is not a whole number"),
        (3, str, "3 is not a text"),
        (3, Optimizer, "3 is no optimizer; give a name, or a table with the key 'name'"),
        ({"momentum": 1}, Optimizer, "is no optimizer; give a name, or a table"),
        ("9" * 400, int, "is not a whole number"),
        ("json:dumps", Optimizer, "json:dumps is no optimizer; derive it from Optimizer"),
        (
            "my/own.py:x",
            Optimizer,
            "'my/own.py' is a file; run from the folder my and write its mod",
        ),
        ("nowhere_at_all:x", Optimizer, "there is no module 'nowhere_at_all'; run from the folder"),
        ("json:dumpz", Optimizer, "unknown name in json 'dumpz'; did you mean 'dump"),
        (f"{__name__}:Needy", Optimizer, "need: .*Needy needs it; write .*Needy:need=VALUE"),
        (f"{__name__}:Needy:need=13", Optimizer, "cannot be made .RuntimeError: bad luck at test_"),
    ],
)
def test_what_does_not_fit_is_refused(text, wanted, message):
    with pytest.raises(UsageError, match=message):
        fit(text, wanted)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(UsageError) as caught:
        fit("sgd:momentum=x,lr=cosin,nestrov=true", Optimizer)
    for part in ("momentum: 'x'", "unknown schedule 'cosin'", "'nestrov'"):
        assert part in str(caught.value)


def test_a_class_of_the_users_is_found():
    assert fit(f"{__name__}:Needy:need=0.5,other=1-2", Optimizer) == Needy(need=0.5, other=(1, 2))


@settings(deadline=None)
@given(st.text(alphabet='sgdrate=:,+-()". 01\\'))
def test_no_text_brings_another_error_than_ours(text):
    for wanted in (Optimizer, tuple[Augmentation, ...], tuple[int, ...], float, Value, Any):
        with suppress(UsageError):
            fit(text, wanted)


def test_a_tuple_of_different_things_has_one_of_each() -> None:
    pairs = tuple[tuple[str, float], ...]
    wanted = (("norm.bias", 64.0), ("head", 0.5))
    assert fit("norm.bias-64+head-0.5", pairs) == wanted
    assert fit([["norm.bias", 64], ["head", 0.5]], pairs) == wanted
    assert fit("head-2", pairs) == (("head", 2.0),)
    with pytest.raises(UsageError, match="a text and a number"):
        fit("head", pairs)
    with pytest.raises(UsageError, match="is not a number"):
        fit("head-much", pairs)
