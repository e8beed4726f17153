from pathlib import Path

import pytest

from thumblab import zoo
from thumblab.config import SettingsError, plan
from thumblab.data import Balanced, Characters, Crop, Flip, Folder, Growing, MixUp, Rescale, read
from thumblab.experiment import EarlyStopping, Experiment, FlipShift, ReduceOnPlateau
from thumblab.losses import CrossEntropy, EffectiveNumber, Focal, InverseFrequency
from thumblab.optim import Adam, OneCycle

LEAST = {"data": "characters", "model": "lenet5"}


def test_what_is_not_set_is_the_experiments_default():
    planned = plan(LEAST)
    found = planned.experiment(read(Characters()))
    assert found == Experiment(data=Characters(), model=zoo.lenet5(47))
    assert found.label == "lenet5"


def test_every_key_is_read():
    found = plan(
        {
            **LEAST,
            "optimizer": "adam",
            "loss": "cross_entropy:smoothing=0.1",
            "augment": "flip+crop:pad=2+mixup:alpha=0.3",
            "sampling": "balanced:power=0.5",
            "progressive_resizing": "growing:sizes=20-24,until=0.25-0.6",
            "normalize": "rescale",
            "epochs": 3,
            "batch": "32",
            "validation": 0,
            "split_seed": 1,
            "subset": 200,
            "train_on": "all",
            "seed": 4,
            "engine": "reference",
            "precision": "float64",
        }
    ).draft
    assert (found.epochs, found.batch, found.validation, found.split_seed) == (3, 32, 0.0, 1)
    assert (found.subset, found.train_on, found.seed) == (200, "all", 4)
    assert (found.engine, found.precision) == ("reference", "float64")
    assert found.augment == (Flip(), Crop(pad=2), MixUp(alpha=0.3))
    assert (found.sampling, found.progressive_resizing) == (
        Balanced(0.5),
        Growing((20, 24), (0.25, 0.6)),
    )
    assert (found.normalize, found.optimizer) == (
        Rescale(),
        Adam(learning_rate=OneCycle(max_lr=0.001)),
    )
    assert found.loss == CrossEntropy(0.1)


def test_a_folder_of_pictures_is_named_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "cifar10").mkdir()
    assert plan(LEAST | {"data": "./pictures"}).draft.data == Folder(path="./pictures")
    assert plan(LEAST | {"data": "pictures"}).draft.data == Folder(path="pictures")
    assert plan(LEAST | {"data": str(tmp_path)}).draft.data == Folder(path=str(tmp_path))
    assert plan(LEAST | {"data": "./cifar10"}).draft.data == Folder(path="./cifar10")
    assert plan(LEAST | {"data": "folder:path=pictures,side=8"}).draft.data == Folder(
        "pictures", side=8
    )
    assert not isinstance(plan(LEAST | {"data": "cifar10"}).draft.data, Folder)


@pytest.mark.parametrize(
    "name", ["./a:b", r"C:\pictures", "C:/pictures", "../here/a:b", "./a:b/c=d"]
)
def test_a_path_may_have_a_colon(tmp_path, monkeypatch, name):
    """``./a:b`` was taken for a module, and what Windows calls a folder for an argument."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(
        SettingsError, match=r"data: there is no folder .*give the path of a folder"
    ):
        plan(LEAST | {"data": name})
    Path(name).mkdir(parents=True)
    assert plan(LEAST | {"data": name}).draft.data == Folder(path=name)
    assert plan(LEAST | {"data": f"folder:path={name}"}).draft.data == Folder(path=name)


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        ({}, ["data: no data was given; name one", "model: no model was given; name one"]),
        (LEAST | {"epoch": 3}, ["epoch: unknown key 'epoch'; did you mean 'epochs'"]),
        (LEAST | {"data": "pictures"}, ["data: unknown data set 'pictures'", "or the path of a"]),
        (LEAST | {"epochs": 0}, ["epochs 0 and batch 128 must both be at least 1"]),
        (LEAST | {"validation": 1}, ["validation 1.0 is a share"]),
        (LEAST | {"engine": "jax"}, ["engine: 'jax' is not one of numpy, reference, torch"]),
        (
            LEAST | {"optimizer": "adam:lr=0.1", "schedule": "cosine:max_lr=0.2"},
            ["schedule: adam has lr=0.1 and the schedule max_lr=0.2; give one"],
        ),
        (
            LEAST | {"optimizer": "adam:lr=cosine", "schedule": "cosine"},
            ["schedule: adam has a schedule as its lr already; give one schedule"],
        ),
        (
            {"data": "x", "model": "y", "optimizer": "z", "schedule": "a", "augment": "b+flip"},
            [
                "data: unknown data set 'x'",
                "model: unknown model 'y'",
                "optimizer: unknown optimizer 'z'",
                "schedule: unknown schedule 'a'",
                "augment: item 1: unknown augmentation 'b'",
            ],
        ),
    ],
)
def test_everything_that_is_wrong_is_named_at_once(settings, messages):
    with pytest.raises(SettingsError) as caught:
        plan(settings)
    for message in messages:
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("cross_entropy:weights=inverse_frequency", CrossEntropy(weights=InverseFrequency())),
        (
            "cross_entropy:weights=(effective_number:beta=0.99),smoothing=0.1",
            CrossEntropy(0.1, EffectiveNumber(0.99)),
        ),
        ("cross_entropy:weights=1-2-0.5", CrossEntropy(weights=(1.0, 2.0, 0.5))),
        ("cross_entropy:weights=none", CrossEntropy()),
        ("focal:alpha=effective_number", Focal(alpha=EffectiveNumber())),
        ("focal:gamma=1,alpha=0.25", Focal(1.0, 0.25)),
    ],
)
def test_class_weights_have_names(text, loss):
    assert plan({**LEAST, "loss": text}).draft.loss == loss


def test_an_unknown_weighting_is_refused():
    with pytest.raises(SettingsError, match="unknown weighting 'balanced'; known: effective_n"):
        plan({**LEAST, "loss": "cross_entropy:weights=balanced"})


def test_rules_and_tta_have_names():
    found = plan(
        {
            **LEAST,
            "early_stopping": "early_stopping:metric=validation_accuracy,patience=3",
            "lr_plateau": {"name": "reduce_on_plateau", "factor": 0.3, "smallest": 1e-4},
            "restore_best": "best",
            "tta": "flip_shift",
        }
    ).draft
    assert found.early_stopping == EarlyStopping("validation_accuracy", 3)
    assert found.lr_plateau == ReduceOnPlateau(factor=0.3, smallest=1e-4)
    assert (found.restore_best, found.tta) == ("best", FlipShift())
    nothing = dict.fromkeys(("early_stopping", "lr_plateau", "tta"), "none")
    assert plan(LEAST | nothing).draft == plan(LEAST).draft


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"early_stopping": "patience"},
            "early_stopping: unknown stop rule 'patience'; known: early_stopping",
        ),
        (
            {"early_stopping": "early_stopping:metric=loss"},
            "early_stopping: metric: 'loss' is not one of validation_l",
        ),
        (
            {"lr_plateau": "reduce_on_plateau:factor=2"},
            "lr_plateau: .*factor must be in \\(0, 1\\)",
        ),
        ({"restore_best": "worst"}, "restore_best: 'worst' is not best or validation_accuracy"),
        ({"tta": "flip"}, "tta: unknown tta 'flip'; did you mean 'flips'"),
        (
            {"restore_best": "best", "train_on": "all"},
            "restore_best would choose by validation images, but they ar",
        ),
    ],
)
def test_rules_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(SettingsError, match=message):
        plan(LEAST | settings)
