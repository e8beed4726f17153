import os
from pathlib import Path

import pytest

from thumblab.core.errors import RunError, UsageError
from thumblab.runs.naming import LAST, Naming, find_run, name_run, read_naming


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder with three runs, begun one after the other."""
    for second, name in enumerate(("abc1", "abd2", "f00d")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "experiment.json").write_text("{}")
        os.utime(tmp_path / name / "experiment.json", (1000 - second, 1000 - second))
    return tmp_path


def test_a_run_is_found_by_path_beginning_name_or_as_the_last(runs: Path) -> None:
    name_run(runs / "f00d", Naming("baseline"))
    assert find_run(runs / "abc1", Path("elsewhere")) == runs / "abc1"
    assert find_run(Path("abd"), runs) == runs / "abd2"
    assert find_run(Path("baseline"), runs) == runs / "f00d"
    assert find_run(Path(LAST), runs) == runs / "abc1"
    assert find_run(runs / LAST, Path("elsewhere")) == runs / "abc1"
    assert find_run(runs / "f", Path("elsewhere")) == runs / "f00d"
    assert find_run(Path("nothing"), runs) == Path("nothing")


def test_what_may_be_several_runs_is_refused_with_the_candidates(runs: Path) -> None:
    name_run(runs / "abd2", Naming("wide"))
    with pytest.raises(UsageError, match=r"ab may be 2 runs, abd2 \(wide\), abc1; give more of"):
        find_run(Path("ab"), runs)
    with pytest.raises(UsageError, match="there is no run in"):
        find_run(Path(LAST), runs / "abc1")


def test_a_name_is_kept_until_another_is_given(tmp_path: Path) -> None:
    assert read_naming(tmp_path) == Naming()
    name_run(tmp_path, Naming())
    assert not list(tmp_path.iterdir())
    name_run(tmp_path, Naming("first", "with care"))
    name_run(tmp_path, Naming("second"))
    assert read_naming(tmp_path) == Naming("second", "with care")


@pytest.mark.parametrize("name", ["a/b", "@last", "-x", "a b", "x" * 101, "."])
def test_names_that_a_shell_or_a_path_would_misread_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no name for a run"):
        Naming(name)


def test_an_edited_name_is_damage_and_may_be_written_anew(runs: Path) -> None:
    name_run(runs / "abc1", Naming("good"))
    path = runs / "abc1" / "name.json"
    path.write_text(path.read_text().replace("good", "evil"))
    with pytest.raises(RunError, match="was edited"):
        read_naming(runs / "abc1")
    assert find_run(Path("evil"), runs) == Path("evil")
    name_run(runs / "abc1", Naming("better"))
    assert read_naming(runs / "abc1").name == "better"
