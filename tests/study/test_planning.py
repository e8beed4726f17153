from pathlib import Path

import pytest

from tests.study.small import datasets, study
from thumblab.core.summary import summary
from thumblab.study import Question, Seeds, lock_study, plan
from thumblab.study.planning import comparisons
from thumblab.study.search import Choices, Search
from thumblab.study.trial import Trial
from thumblab.study.winners import freeze


def test_a_plan_counts_runs_costs_and_comparisons(tmp_path: Path) -> None:
    found = plan(study(), runs=tmp_path, seconds=0.01)
    assert [arm.arm for arm in found.arms] == ["plain", "longer"]
    assert (found.cells, found.done, found.seeds, found.comparisons) == (4, 0, 2, 1)
    costs = summary(study().base.model, (1, 28, 28))
    assert (found.arms[0].parameters, found.arms[0].flops) == (costs.parameters, costs.flops)
    assert [(arm.images, arm.epochs) for arm in found.arms] == [(120, 1), (120, 2)]
    assert found.seconds is not None
    assert found.seconds > 0
    assert (found.smallest_visible, found.locked) == (None, None)
    assert found.to_json()["arms"][1]["edits"] == {"epochs": "2"}


def test_runs_that_are_done_tell_time_and_what_can_be_seen(finished: Path) -> None:
    found = plan(study(), runs=finished, seconds=0)
    assert [arm.done for arm in found.arms] == [2, 2]
    assert found.seconds == 0
    assert found.locked is not None
    assert found.smallest_visible is not None
    assert 0 < found.smallest_visible < 100


def test_nothing_is_timed_unless_asked_for(tmp_path: Path) -> None:
    assert plan(study(), runs=tmp_path, seconds=0).seconds is None
    assert not list(tmp_path.iterdir())


def test_seeds_that_were_added_count(tmp_path: Path) -> None:
    from thumblab.study import more_seeds

    lock_study(study(), tmp_path, datasets())
    more_seeds(study(), 3, runs=tmp_path)
    assert plan(study(), runs=tmp_path, seconds=0).cells == 10


def test_comparisons_are_those_that_the_question_declares() -> None:
    arms = {"a": {}, "b": {"batch": 32}, "c": {"batch": 16}}
    assert comparisons(study(arms=arms)) == 2
    assert comparisons(study(arms=arms, question=Question(against="all pairs"))) == 3
    assert comparisons(study(arms=arms, question=Question(against="best"), seeds=Seeds(2))) == 2


def test_trials_of_a_search_count_and_take_time(tmp_path: Path) -> None:
    space = (("batch", Choices(("32", "64"))),)
    asked = study(search=Search(space, trials=10, epochs=1))
    found = plan(asked, runs=tmp_path, seconds=0.01)
    assert (found.cells, found.trials, found.tried) == (4, 20, 0)
    took = [arm.seconds or 0.0 for arm in found.arms]
    assert found.search_seconds == pytest.approx(10 * took[0] + 5 * took[1])
    assert plan(asked, runs=tmp_path, seconds=0).search_seconds is None
    lock = lock_study(asked, tmp_path, datasets())
    trials = {arm: [Trial(0, {"batch": "32"}, "done", 0.5)] for arm in ("plain", "longer")}
    freeze(asked, lock, trials, seed=1000)
    after = plan(asked, runs=tmp_path, seconds=0)
    assert (after.tried, after.search_seconds) == (20, 0)
    assert after.arms[0].edits == (("batch", "32"),)
    assert (plan(study(), runs=tmp_path / "none", seconds=0)).trials == 0
