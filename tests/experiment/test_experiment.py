from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from tests.training.small import MODEL, dataset, experiment
from thumblab.core.errors import UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data import Balanced, Cifar10, Dataset, Flip, Growing, Rescale, Shift
from thumblab.experiment import EarlyStopping, Experiment, FlipShift, Pretrained, ReduceOnPlateau
from thumblab.experiment.experiment import parts
from thumblab.layers import Dropout, Identity
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Adam, OneCycle

CHANGES: dict[str, Any] = {
    "data": Cifar10(),
    "model": MODEL.map(lambda layer: Identity() if isinstance(layer, Dropout) else layer),
    "optimizer": Adam(),
    "loss": CrossEntropy(0.1),
    "augment": (),
    "sampling": Balanced(),
    "progressive_resizing": Growing((20,), (0.5,)),
    "normalize": Rescale(),
    "epochs": 4,
    "batch": 32,
    "validation": 0.3,
    "split_seed": 1,
    "subset": 100,
    "train_on": "all",
    "early_stopping": EarlyStopping(),
    "lr_plateau": ReduceOnPlateau(),
    "restore_best": "best",
    "tta": FlipShift(),
    "init_from": (Pretrained("runs/other", sha256="0" * 64),),
    "seed": 5,
    "engine": "reference",
    "precision": "float64",
    "precise": True,
    "device": "auto",
    "channels_last": True,
    "compile": True,
}
PYTORCHS = ("device", "channels_last", "compile")


def test_every_field_but_the_label_identifies_the_run() -> None:
    assert {field.name for field in fields(Experiment)} == {*CHANGES, "label"}
    base = experiment().key("f")
    torchs = experiment(engine="torch").key("f")
    keys = {
        name: experiment(**{name: value} | ({"engine": "torch"} if name in PYTORCHS else {})).key(
            "f"
        )
        for name, value in CHANGES.items()
    }
    assert not {base, torchs} & set(keys.values())
    assert len(set(keys.values())) == len(CHANGES)


def test_the_label_does_not_identify_the_run() -> None:
    assert experiment(label="for a table").key("f") == experiment().key("f")
    assert experiment(label="for a table") == experiment()


def test_the_data_identify_the_run() -> None:
    assert experiment().key("f") != experiment().key("g")
    few = dataset()
    other = few.train.images.copy()
    other[3, 4, 5, 0] ^= 1
    spoilt = Dataset("few", replace(few.train, images=other), few.test, few.classes)
    assert spoilt.fingerprint != few.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": SGD(learning_rate=OneCycle(0.1), nesterov=True, momentum=0.91)},
        {"optimizer": SGD(learning_rate=OneCycle(0.11), nesterov=True)},
        {"augment": (Flip(), Shift())},
        {"augment": (Shift(), Flip())},
    ],
)
def test_what_is_deep_inside_identifies_too(change: dict[str, Any]) -> None:
    assert experiment(**change).key("f") != experiment().key("f")


def test_keys_are_hexadecimal_and_the_same_for_ever() -> None:
    key = experiment().key("f")
    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")
    assert from_dict(to_dict(experiment())).key("f") == key


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs 0 and batch 33 must both be at least 1"),
        ({"batch": 0}, "epochs 3 and batch 0 must both be at least 1"),
        ({"validation": 1.0}, r"validation 1.0 is a share, in \[0, 1\)"),
        ({"validation": -0.1}, r"validation -0.1 is a share, in \[0, 1\)"),
        ({"validation": float("nan")}, r"validation nan is a share, in \[0, 1\)"),
        ({"train_on": "test"}, "train_on is 'test'; give 'train' or 'all'"),
        ({"engine": "jax"}, "engine is 'jax'; give 'numpy' or 'reference' or 'torch'"),
        ({"precision": "f4"}, "precision is 'f4'; give 'float32' or 'float64' or 'bfloat16'"),
        (
            {"device": "tpu", "engine": "torch"},
            "device is 'tpu'; give 'auto' or 'cpu' or 'cuda' or 'mps'",
        ),
        ({"compile": True}, "are PyTorch's, but the engine is 'numpy'; choose engine torch"),
        ({"precision": "bfloat16"}, "bfloat16 are PyTorch's, but the engine is 'numpy'"),
    ],
)
def test_wrong_fields_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        experiment(**change)


def test_parts_are_disjoint_and_together_the_training_images() -> None:
    train_part, held = parts(experiment(), dataset())
    assert (len(train_part), len(held)) == (188, 47)
    images = np.concatenate([train_part.images, held.images]).reshape(235, -1)
    wanted = dataset().train.images.reshape(235, -1)
    np.testing.assert_array_equal(np.unique(images, axis=0), np.unique(wanted, axis=0))


def test_the_seed_does_not_move_the_split() -> None:
    first, second = parts(experiment(), dataset()), parts(experiment(seed=9), dataset())
    np.testing.assert_array_equal(first[1].images, second[1].images)
    other = parts(experiment(split_seed=9), dataset())
    assert (first[1].images != other[1].images).any()


def test_all_trains_on_the_validation_images_too_and_still_measures_them() -> None:
    whole, held = parts(experiment(train_on="all"), dataset())
    assert (len(whole), len(held)) == (235, 47)


def test_a_subset_is_of_the_training_side_only() -> None:
    few, held = parts(experiment(subset=94), dataset())
    assert (len(few), len(held)) == (94, 47)
    assert (np.bincount(few.labels) == 2).all()
    np.testing.assert_array_equal(held.images, parts(experiment(), dataset())[1].images)
    with pytest.raises(UsageError, match="subset of 1000 samples; give 1 to 188"):
        parts(experiment(subset=1000), dataset())


def test_no_validation_is_allowed() -> None:
    train_part, held = parts(experiment(validation=0.0), dataset())
    assert (len(train_part), len(held)) == (235, 0)


def test_equal_images_stay_on_one_side_of_the_split() -> None:
    few = dataset()
    rows = np.repeat(np.arange(235), 3)
    thrice = Dataset("thrice", few.train.take(rows), few.test, few.classes)
    train_part, held = parts(experiment(), thrice)
    assert len(held) > 0
    seen = {image.tobytes() for image in train_part.images}
    assert not seen & {image.tobytes() for image in held.images}


def test_a_validation_part_of_ones_own_is_taken_whole() -> None:
    few = dataset()
    own = few.train.take(np.arange(0, 235, 5))
    data = Dataset("own", few.train, few.test, few.classes, validation=own)
    train, held = parts(experiment(validation=0.3), data)
    np.testing.assert_array_equal(train.images, few.train.images)
    np.testing.assert_array_equal(held.labels, own.labels)
    everything, held = parts(experiment(train_on="all"), data)
    assert (len(everything), len(held)) == (235 + 47, 47)
    some, held = parts(experiment(subset=47), data)
    assert (len(some), len(held)) == (47, 47)
