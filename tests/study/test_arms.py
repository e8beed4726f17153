from typing import Any

import pytest

from thumblab.config import plan
from thumblab.config.problem import SettingsError
from thumblab.core.errors import UsageError
from thumblab.study.arms import ArmReader, built

SETTINGS = {"data": "characters", "model": "mlp:hidden=8", "epochs": 1}


def reader() -> ArmReader:
    return ArmReader(SETTINGS, built(plan(SETTINGS), None))


def test_an_argument_of_the_model_keeps_the_others() -> None:
    found = ArmReader({**SETTINGS, "model": "seven_layer:dropout=0.1"}, reader().base)
    both = found.edited({"model.norm": "after"}).model
    assert "rate=0.1" in str(both)
    assert "BatchNorm" in str(both)


def test_an_arm_may_be_a_recipe_with_changes_of_its_own() -> None:
    found = reader().edited({"recipe": "characters", "epochs": 3})
    assert found.epochs == 3
    assert found.model == built(plan({**SETTINGS, "model": "characters_cnn"}), None).model
    assert found.augment != ()


def test_a_whole_and_a_part_of_it_are_refused_together() -> None:
    with pytest.raises(UsageError, match="put momentum into it"):
        reader().edited({"optimizer": "sgd", "optimizer.momentum": 0.5})


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"epochs": [1]}, "two or more different levels"),
        ({"epochs": [1, 1]}, "two or more different levels"),
        ({"epochs": 3}, "two or more different levels"),
        ({"epochs": list(range(1, 31)), "batch": list(range(1, 31))}, "900 arms"),
    ],
)
def test_axes_that_make_no_arms_are_refused(axes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        reader().read({}, axes)


def test_an_arm_is_a_table_and_all_that_is_wrong_is_said() -> None:
    with pytest.raises(SettingsError) as caught:
        reader().read({"a": 3, "b": {"epohcs": 2}, "c": {"epochs": 2}}, {})
    assert [problem.path[1] for problem in caught.value.found] == ["a", "b"]
