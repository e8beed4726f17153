import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.study.small import datasets, study
from thumblab.core.errors import RunError, UsageError
from thumblab.data import Characters, Dataset
from thumblab.study.lock import FILE, add_seeds, folder_of, lock_study, read_lock
from thumblab.study.study import Question

OTHER = study(question=Question(matters=1))


def test_a_lock_says_what_was_declared(tmp_path: Path) -> None:
    assert read_lock(study(), tmp_path) is None
    lock = lock_study(study(), tmp_path, datasets())
    assert lock.folder == folder_of(study(), tmp_path) == tmp_path / "studies" / "small"
    values = json.loads((lock.folder / FILE).read_text())
    assert values["declared"]["question"]["matters"] == 5
    assert set(values["declared"]["arms"]) == {"plain", "longer"}
    assert values["data"]["plain"] == datasets()[Characters()].fingerprint
    assert (lock.count, lock.deviations) == (2, [])
    again = read_lock(study(), tmp_path)
    assert again is not None
    assert again.values["locked"] == lock.values["locked"]


def test_a_study_that_says_something_else_is_refused_with_what(tmp_path: Path) -> None:
    lock_study(study(), tmp_path, datasets())
    with pytest.raises(
        UsageError, match=r"question\.matters 5\.0 -> 1\.0|question\.matters 5 -> 1"
    ):
        read_lock(OTHER, tmp_path)
    more = study(arms={"plain": {}, "longer": {"epochs": 3}})
    with pytest.raises(UsageError, match=r"arms\.longer\.epochs 2 -> 3"):
        lock_study(more, tmp_path, datasets())
    new = study(arms={"plain": {}, "longer": {"epochs": 2}, "new": {"batch": 32}})
    with pytest.raises(UsageError, match=r"arms\.new is new"):
        read_lock(new, tmp_path)


def test_a_change_with_a_reason_is_a_deviation(tmp_path: Path) -> None:
    locked = lock_study(study(), tmp_path, datasets()).values["locked"]
    with pytest.raises(UsageError, match="needs a reason"):
        lock_study(OTHER, tmp_path, datasets(), amend=" ")
    lock = lock_study(OTHER, tmp_path, datasets(), amend="a point is enough")
    (deviation,) = lock.deviations
    assert "question.matters" in deviation["what"]
    assert deviation["why"] == "a point is enough"
    assert lock.values["locked"] == locked
    assert read_lock(OTHER, tmp_path) is not None
    unchanged = lock_study(OTHER, tmp_path, datasets(), amend="nothing")
    assert unchanged.deviations == lock.deviations


def test_data_that_have_changed_are_refused(tmp_path: Path) -> None:
    lock_study(study(), tmp_path, datasets())
    whole = datasets()[Characters()]
    changed = Dataset(
        name=whole.name, train=whole.train.take(range(100)), test=whole.test, classes=whole.classes
    )
    with pytest.raises(UsageError, match="the data of plain, longer are not those"):
        lock_study(study(), tmp_path, {Characters(): changed})


def test_a_lock_that_was_edited_is_refused(tmp_path: Path) -> None:
    path = lock_study(study(), tmp_path, datasets()).folder / FILE
    path.write_text(path.read_text().replace('"count": 2', '"count": 3'))
    with pytest.raises(RunError):
        read_lock(study(), tmp_path)


def test_more_seeds_are_noted_as_a_deviation_unless_declared(tmp_path: Path) -> None:
    lock = lock_study(study(), tmp_path, datasets())
    assert add_seeds(lock, 3, declared_look=True).deviations == []
    more = add_seeds(lock, 4, declared_look=False)
    assert more.count == 4
    assert more.deviations[0]["what"] == "seeds 2 -> 4"
    again = read_lock(replace(study()), tmp_path)
    assert again is not None
    assert again.count == 4
