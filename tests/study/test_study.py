from dataclasses import replace

import pytest

from tests.study.small import experiment, study
from thumblab.core.errors import UsageError
from thumblab.study.study import Question, Seeds, latest_look


def test_arms_are_what_they_change_in_the_base() -> None:
    found = study()
    assert [arm.name for arm in found.each] == ["plain", "longer"]
    assert found.baseline == "plain"
    assert found.arm("plain").experiment == experiment()
    assert found.arm("longer").experiment == replace(experiment(), epochs=2)
    assert found.arm("longer").edits == (("epochs", "2"),)
    assert found == study()


def test_the_baseline_comes_first() -> None:
    assert [arm.name for arm in study(baseline="longer").each] == ["longer", "plain"]


def test_an_arm_may_be_an_experiment_of_its_own() -> None:
    own = replace(experiment(), batch=32)
    assert study(arms={"plain": {}, "own": own}).arm("own").experiment == own


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": {}}, "needs arms"),
        ({"arms": {"plain": {}, "same": {"epochs": 1}}}, "'same' changes nothing by epochs"),
        ({"arms": {"a": {"epochs": 2}, "b": {"epochs": 2}}}, "'a' and 'b' are the same experiment"),
        ({"arms": {"plain": {}, "b": {"epohcs": 2}}}, "did you mean 'epochs'"),
        ({"arms": {"": {}}}, "no name of an arm"),
        ({"baseline": "plian"}, "did you mean 'plain'"),
        ({"name": "a/b"}, "no name of a study"),
        ({"seeds": Seeds(1)}, "one seed compares networks"),
        ({"arms": {"plain": {}, "all": {"train_on": "all"}}}, "trains on the validation images"),
        ({"question": Question(against="factors")}, "needs axes"),
        (
            {"seeds": Seeds(2, vary=("weights", "order", "augment", "dropout", "split"))},
            "do not vary the split",
        ),
    ],
)
def test_what_is_no_study_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        study(**changes)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"count": 0}, "not from 1"),
        ({"count": 3, "looks": (5, 3)}, "rising"),
        ({"count": 3, "looks": (1, 3)}, "rising"),
        ({"count": 4, "looks": (3, 5)}, "none of the looks"),
        ({"vary": ("weights",)}, "together"),
        ({"vary": ("wieghts",)}, "did you mean 'weights'"),
    ],
)
def test_seeds_that_cannot_be_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Seeds(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"metric": "acuracy"}, "did you mean 'accuracy'"),
        ({"on": "train"}, "unknown on"),
        ({"matters": 0}, "points"),
        ({"level": 0.7}, "chance of a wrong claim"),
    ],
)
def test_questions_that_cannot_be_asked_are_refused(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        Question(**values)


def test_a_seed_is_the_same_in_every_arm_and_draws_the_split_where_asked() -> None:
    base = replace(experiment(), seed=7, split_seed=3)
    assert [Seeds(3).apply(base, k).seed for k in range(3)] == [7, 8, 9]
    assert Seeds(3).apply(base, 2).split_seed == 3
    varied = Seeds(3, vary=("weights", "order", "augment", "dropout", "split"))
    assert varied.apply(base, 2).split_seed == 5


def test_the_latest_look_is_the_greatest_that_was_declared() -> None:
    assert latest_look(Seeds(5), 4) is None
    assert latest_look(Seeds(5), 5) == 5
    looks = Seeds(8, looks=(3, 5, 8))
    assert [latest_look(looks, done) for done in (2, 3, 4, 7, 9)] == [None, 3, 3, 5, 8]
    assert [latest_look(Seeds(5, looks="any"), done) for done in (1, 2, 4)] == [None, 2, 4]
