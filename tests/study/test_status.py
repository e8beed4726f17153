import shutil
from pathlib import Path

from tests.study.small import datasets, study
from thumblab.study import counts, lock_study, status
from thumblab.study.lease import Leases
from thumblab.study.queue import LEASES, UNFINISHED


def test_before_the_lock_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert status(study(), tmp_path) == []
    assert counts(study(), tmp_path).cells == 4


def test_every_state_is_told(finished: Path, tmp_path: Path) -> None:
    lock_study(study(), tmp_path, datasets())
    names = [each.name for each in status(study(), tmp_path)]
    shutil.copytree(finished / names[0], tmp_path / names[0])
    leases = Leases(tmp_path / LEASES)
    leases.fail(names[1], "no memory")
    lease = leases.claim(names[2])
    assert lease is not None
    shutil.copytree(finished / names[3], tmp_path / UNFINISHED / f"{names[3]}.1.7" / names[3])
    with lease:
        found = status(study(), tmp_path)
        assert [each.status for each in found] == ["done", "failed", "running", "stopped"]
        assert found[1].note == "failed: no memory"
        assert found[3].epochs == 2
        assert found[0].accuracy is not None
        counted = counts(study(), tmp_path)
    assert (counted.done, counted.failed, counted.running) == (1, 1, 1)
    assert found[0].to_json()["status"] == "done"


def test_a_result_that_is_damaged_hides_no_other(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    names = [each.name for each in status(study(), tmp_path)]
    (tmp_path / names[1] / "result.json").write_text("{")
    assert [each.status for each in status(study(), tmp_path)] == [
        "done", "damaged", "done", "done",
    ]  # fmt: skip
