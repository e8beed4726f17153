"""A run that was trained with code of the user's opens anywhere, and a stranger's code is never run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.core import own_package
from thumblab.core.errors import RunError, UntrustedError, UsageError
from thumblab.runs import Run, own_code
from thumblab.storage import sealed

TRAIN = """
import sys
from thumblab import train
from mine_experiment import experiment
for epoch in train(experiment, runs=sys.argv[1], workers=1):
    print(epoch.run.folder)
"""
OPEN = """
import json, sys
from thumblab import Run, evaluate
run = Run.open(sys.argv[1], trust="trust" in sys.argv)
found = evaluate(run, __import__("thumblab").data.read(run.experiment.data))
print(json.dumps([found.accuracy, run.predictions["test_logits"].tolist(), run.experiment.key(
    run.about["fingerprint"]) == run.about["key"], [n for n in sys.modules if n.startswith("mine")]]))
"""


def python(program: str, *arguments: object, folder: Path, home: Path) -> Any:
    from tests.cli.conftest import environment

    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=folder,
        env=environment(XDG_CONFIG_HOME=str(home), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run of a user's own code, and the home of who trained it; the code itself is gone."""
    home, code = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("code")
    own_package.write(code)
    ended = python(TRAIN, code / "runs", folder=code, home=home)
    assert ended.returncode == 0, ended.stderr
    run = Path(ended.stdout.split()[-1])
    for name in own_package.FILES:
        (code / name).unlink()
    return run, home


def test_who_trained_it_opens_it_from_any_folder_after_the_file_is_gone(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    run, home = trained
    ended = python(OPEN, run, folder=tmp_path, home=home)
    assert ended.returncode == 0, ended.stderr
    _, _, same_key, modules = json.loads(ended.stdout)
    assert same_key
    assert all("@" in name for name in modules)  # nothing stands in for the user's own modules


def test_a_changed_file_does_not_stand_in_for_the_one_it_was_trained_with(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    run, home = trained
    before = python(OPEN, run, folder=tmp_path, home=home)
    own_package.write(tmp_path)
    (tmp_path / "mine" / "numbers.py").write_text("GAIN = 9\nraise SystemExit('executed')\n")
    after = python(OPEN, run, folder=tmp_path, home=home)
    assert after.returncode == 0, after.stderr
    assert json.loads(after.stdout)[:2] == json.loads(before.stdout)[:2]


def test_a_stranger_is_told_what_would_run_and_trust_is_remembered(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    run, _ = trained
    refused = python(OPEN, run, folder=tmp_path, home=tmp_path)
    assert "UntrustedError" in refused.stderr
    for name in ("mine/layers.py (", "mine_reader.py (", "mine_late.py ("):
        assert f"{run}/source/{name}" in refused.stderr
    assert python(OPEN, run, "trust", folder=tmp_path, home=tmp_path).returncode == 0
    assert python(OPEN, run, folder=tmp_path, home=tmp_path).returncode == 0
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    late = copy / "source" / "mine_late.py"
    late.write_text(late.read_text() + "# changed\n")
    assert (
        "is not what the run was trained with"
        in python(OPEN, copy, folder=tmp_path, home=tmp_path).stderr
    )


def planted(run: Run, **changes: Any) -> Run:
    """The run with its experiment changed by somebody who knows how it is sealed."""
    about = run.about
    sealed.write(
        run.folder / "experiment.json",
        {**about, "experiment": about["experiment"] | changes, "schema": 1},
    )
    return Run(run.folder)


NAMES = ("antigravity:x", "this:s", "runs.evil:Loss", "evil:Loss", "source.evil:Loss", "os:system")


@pytest.mark.parametrize("name", NAMES)
def test_a_run_folder_imports_nothing(run: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the standard library, nor a module inside the folder, nor one in the current folder."""
    mark = run.folder / "executed"
    for place in (run.folder / "evil.py", run.folder / "source" / "evil.py"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"open({str(mark)!r}, 'w')\n")
    monkeypatch.chdir(run.folder)
    monkeypatch.syspath_prepend(str(run.folder))
    evil = planted(run, loss={"type": name})
    before = set(sys.modules)
    for open_it in (
        lambda: evil.experiment,
        lambda: evil.trained(),
        lambda: Run.open(run.folder, trust=True).experiment,
    ):
        with pytest.raises((UntrustedError, RunError)):
            open_it()
    assert not mark.exists()
    assert {each for each in set(sys.modules) - before if name.startswith(each)} == set()


def test_what_python_or_a_run_folder_brings_is_not_importable_by_name(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run.folder / "evil.py").write_text("raise SystemExit\n")
    (run.folder.parent / "good_layer.py").write_text("raise SystemExit\n")
    monkeypatch.syspath_prepend(str(run.folder))
    monkeypatch.syspath_prepend(str(run.folder.parent))
    for name in ("antigravity", "os.path", "evil", f"{run.folder.name}.evil"):
        with pytest.raises(UsageError, match=r"a part of Python|lies in a run folder"):
            own_code.check_importable(name)
    own_code.check_importable("good_layer")


def test_names_that_lead_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    for name in ("../evil", "a/b", "", "a..b"):
        with pytest.raises(RunError, match="is no name of a module"):
            own_code.read(tmp_path, {name: "0" * 64})
