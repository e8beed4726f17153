"""What was called otherwise before 0.2 is read under its old name, with a warning that names the new one."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from tests.kinds import kinds
from thumblab import data, experiment, layers
from thumblab.config import plan
from thumblab.core import renamed
from thumblab.core.value import from_dict, identity_of_dict
from thumblab.data import MeanStd
from thumblab.experiment import EarlyStopping, Experiment, Flips, ReduceOnPlateau
from thumblab.layers import SiLU
from thumblab.optim import EMA, SGD, Cosine, Grouped, OneCycle

CLASSES = {kind.__name__: kind for kind in kinds()}
LEAST = {"data": "characters", "model": "lenet5"}
TOLD = r" is called \S+ now; the old name will be gone in 0\.3"


@pytest.mark.parametrize("old", renamed.TYPES)
def test_old_classes_are_no_classes_of_today_and_lead_to_one(old: str) -> None:
    assert old not in CLASSES
    assert renamed.TYPES[old] in CLASSES


@pytest.mark.parametrize("kind", renamed.FIELDS)
def test_old_fields_are_no_fields_of_today_and_lead_to_one(kind: str) -> None:
    names = {field.name for field in fields(CLASSES[kind])}
    assert not names & renamed.FIELDS[kind].keys()
    assert names & set(renamed.FIELDS[kind].values())


@pytest.mark.parametrize(
    ("package", "name", "found"),
    [
        (layers, "Swish", layers.SiLU),
        (layers, "ColourHistogram", layers.ColorHistogram),
        (data, "Part", data.Split),
        (data, "Source", data.DatasetSpec),
        (data, "Given", data.MeanStd),
        (data, "twins", data.duplicate_groups),
        (experiment, "Views", experiment.TTA),
        (experiment, "Weights", experiment.Pretrained),
    ],
)
def test_packages_offer_the_old_names_and_tell_the_new_ones(
    package: Any, name: str, found: object
) -> None:
    with pytest.warns(UserWarning, match=TOLD):
        assert getattr(package, name) is found


@pytest.mark.parametrize("package", [layers, data, experiment])
def test_a_name_that_never_was_is_missing(package: Any) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Never'"):
        _ = package.Never


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ({"type": "Swish"}, SiLU()),
        ({"type": "Given", "mean": [0.1], "std": [0.2]}, MeanStd((0.1,), (0.2,))),
        (
            {
                "type": "EMA",
                "optimizer": {"type": "SGD", "rate": {"type": "Cosine", "peak": 0.3}, "decay": 0.1},
                "decay": 0.9,
            },
            EMA(SGD(Cosine(0.3), weight_decay=0.1), decay=0.9),
        ),
        (
            {"type": "Grouped", "optimizer": {"type": "SGD"}, "rates": [["a", 2.0]]},
            Grouped(SGD(), (("a", 2.0),)),
        ),
        ({"type": "OneCycle", "peak": 1.0, "rise": 0.3}, OneCycle(1.0, warmup=0.3)),
    ],
)
def test_values_are_read_under_their_old_names(told: dict[str, Any], value: object) -> None:
    assert from_dict(told) == value


def test_a_key_is_that_of_the_names_a_run_was_written_with() -> None:
    told = {"type": "Weights", "of": "a/place", "take": "x", "into": "", "but": [], "sha256": "0"}
    assert identity_of_dict(told) == {name: told[name] for name in told if name != "of"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"optimizer": "sgd:rate=0.1,decay=0"}, {"optimizer": "sgd:lr=0.1,weight_decay=0"}),
        (
            {"schedule": "one_cycle:peak=0.1,rise=0.2"},
            {"schedule": "one_cycle:max_lr=0.1,warmup=0.2"},
        ),
        ({"keep": "best"}, {"restore_best": "best"}),
        ({"keep": "last"}, {}),
        ({"stop": "early_stopping:patience=3"}, {"early_stopping": EarlyStopping(patience=3)}),
        ({"reduce": "on_plateau:factor=0.3"}, {"lr_plateau": ReduceOnPlateau(factor=0.3)}),
        ({"normalise": "unit"}, {"normalize": "rescale"}),
        ({"views": "flips"}, {"tta": Flips()}),
    ],
)
@pytest.mark.filterwarnings("ignore:.* is called .* now")
def test_settings_are_read_under_their_old_names(old: dict[str, Any], new: dict[str, Any]) -> None:
    values = {name: each for name, each in new.items() if not isinstance(each, str)}
    wanted = plan(LEAST | {name: each for name, each in new.items() if name not in values}).draft
    found = plan(LEAST | old).draft
    assert found == Experiment(**{f.name: getattr(wanted, f.name) for f in fields(wanted)} | values)


@pytest.mark.parametrize(
    "old", [{"normalise": "raw"}, {"normalize": "unit"}, {"optimizer": "adam:rate=1"}]
)
def test_old_settings_are_told(old: dict[str, str]) -> None:
    with pytest.warns(UserWarning, match=TOLD):
        plan(LEAST | old)
