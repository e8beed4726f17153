import json
import shutil
from pathlib import Path

import pytest

from tests.study.small import datasets, study
from thumblab.core.errors import RunError, UsageError
from thumblab.storage import sealed
from thumblab.study import counts, merge_runs, run, status


def parts(folder: Path) -> list[Path]:
    found = [folder / "one", folder / "two"]
    for place, runs in enumerate(found):
        list(run(study(), runs=runs, shard=(place, 2)))
    return found


def test_parts_from_other_machines_make_the_whole(finished: Path, tmp_path: Path) -> None:
    folders = parts(tmp_path)
    found = merge_runs(study(), folders, runs=tmp_path / "all", datasets=datasets())
    assert (found.new, found.known, found.missing) == (4, 0, 0)
    assert counts(study(), tmp_path / "all").done == 4
    for each in status(study(), finished):
        one, other = (
            sealed.read(runs / each.name / "result.json") for runs in (finished, tmp_path / "all")
        )
        assert one["predictions_sha256"] == other["predictions_sha256"]
    again = merge_runs(study(), folders, runs=tmp_path / "all", datasets=datasets())
    assert (again.new, again.known, again.missing) == (0, 4, 0)


def test_what_is_missing_is_counted(finished: Path, tmp_path: Path) -> None:
    first = status(study(), finished)[0].name
    shutil.copytree(finished / first, tmp_path / "part" / first)
    found = merge_runs(study(), [tmp_path / "part"], runs=tmp_path / "all", datasets=datasets())
    assert (found.new, found.known, found.missing) == (1, 0, 3)


def test_a_second_result_that_differs_is_warned_of(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    first = status(study(), finished)[0].name
    result = sealed.read(finished / first / "result.json")
    changed = {key: value for key, value in result.items() if key != sealed.SEAL}
    sealed.write(tmp_path / first / "result.json", changed | {"weights_sha256": "0"})
    with pytest.warns(UserWarning, match="differ in weights_sha256"):
        merge_runs(study(), [tmp_path], runs=finished, datasets=datasets())


def test_what_is_no_run_of_the_study_is_refused(finished: Path, tmp_path: Path) -> None:
    one, other = (each.name for each in status(study(), finished)[:2])
    shutil.copytree(finished / one, tmp_path / "part" / other)
    with pytest.raises(RunError, match="another run than its name says"):
        merge_runs(study(), [tmp_path / "part"], runs=tmp_path / "all", datasets=datasets())
    with pytest.raises(UsageError, match="is no folder"):
        merge_runs(study(), [tmp_path / "nowhere"], runs=tmp_path / "all", datasets=datasets())
    assert json.loads((finished / one / "result.json").read_text())["status"] == "done"
