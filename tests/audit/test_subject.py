from __future__ import annotations

from itertools import count

import pytest

from tests.audit.made import Shelf, alone, arms, digits
from thumblab.audit import Declaration, Subject
from thumblab.core.errors import UsageError
from thumblab.data import Dataset
from thumblab.runs import Run


def test_data_are_read_once_for_all_runs(shelf: Shelf) -> None:
    read: list[Run] = []

    def reader(run: Run) -> Dataset:
        read.append(run)
        return digits()

    subject = Subject({"plain": shelf.seeds(0, 1), "other": shelf.seeds(0, split_seed=1)}, reader)
    assert len(subject.split_data) == 2
    assert len(read) == 1
    assert subject.runs[0].data is subject.runs[1].data


def test_the_first_arm_is_the_baseline_unless_another_is_named(shelf: Shelf) -> None:
    runs = {"plain": shelf.seeds(0), "small": shelf.seeds(0, batch=16)}
    assert arms(runs).baseline == "plain"
    pairs = arms(runs, baseline="small").pairs()
    assert [(one[0].arm, other[0].arm) for one, other in pairs] == [("small", "plain")]


def test_an_unknown_baseline_and_an_empty_arm_are_refused(shelf: Shelf) -> None:
    with pytest.raises(UsageError, match="'none' is no arm; name one of all runs"):
        alone(shelf.trained(), baseline="none")
    with pytest.raises(UsageError, match="arm 'plain' has none"):
        Subject({"plain": []})
    with pytest.raises(UsageError, match="there is none"):
        Subject({})


def test_what_several_rules_look_at_is_made_once(shelf: Shelf) -> None:
    subject, numbers = alone(shelf.trained()), count()
    assert [subject.remember("key", lambda: next(numbers)) for _ in range(2)] == [0, 0]
    assert subject.remember("other", lambda: next(numbers)) == 1


def test_a_declaration_says_nothing_of_itself() -> None:
    assert Declaration() == Declaration(metric="accuracy", part="validation")
