import shutil
import sys

import pytest

pytest.importorskip("matplotlib")


@pytest.fixture
def run(trained, tmp_path):
    """A copy of a run to write to, in the current folder."""
    shutil.copytree(trained, tmp_path / "run")
    return "run"


@pytest.mark.parametrize(
    "kind", ["curves", "confusion", "class-counts", "mapping", "pca", "forest"]
)
def test_every_kind_is_drawn_and_no_evaluation_is_logged(cli, run, tmp_path, kind):
    ended = cli("figure", kind, run, "-o", "figure.svg", "--size", "5x4", "--json")
    if kind in ("mapping", "forest"):
        told = {"mapping": (3, "has no groups"), "forest": (2, "are one arm")}[kind]
        assert ended.code == told[0]
        assert told[1] in ended.err
        return
    assert ended.code == 0, ended.err
    page = tmp_path / "figure.svg"
    assert ended.json == {"kind": kind, "figure": "figure.svg", "bytes": page.stat().st_size}
    assert not (tmp_path / "run" / "evaluations.jsonl").exists()


def test_counts_need_no_run(cli, tmp_path):
    assert cli("figure", "class-counts", "--data", "characters", "-o", "c.pdf").code == 0
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("curves", "-o", "a.svg"), "has nothing to draw; give a run folder"),
        (("class-counts", "-o", "a.svg"), "give a run folder, or --data"),
        (("pca", "run", "run", "-o", "a.svg"), "draws one run, and 2 are given"),
        (("curves", "run", "-o", "a.gif"), "a.gif is no figure"),
        (("curves", "run", "-o", "a.svg", "--size", "wide"), "'wide' is no size"),
        (("curves", "run"), "--output"),
    ],
)
def test_what_cannot_be_drawn_is_told(cli, run, arguments, told):
    ended = cli("figure", *arguments)
    assert (ended.code, told in ended.err) == (2, True), ended.err


def test_a_missing_matplotlib_is_named(cli, run, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ended = cli("figure", "curves", run, "-o", "a.svg")
    assert (ended.code, "pip install 'thumblab[figures]'" in ended.err) == (2, True)
