import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL


@pytest.fixture
def run(trained, tmp_path):
    """A copy of a run to write to, in the current folder."""
    shutil.copytree(trained, tmp_path / "run")
    return "run"


def test_a_page_is_written_and_nobody_has_looked_at_the_test_set(cli, run, tmp_path):
    ended = cli("report", run, "--json")
    assert ended.code == 0
    page = tmp_path / "run" / "report.html"
    assert ended.json == {
        "run": run,
        "report": "run/report.html",
        "bytes": page.stat().st_size,
    }
    assert "evaluating 940 validation images" in ended.err
    assert "It was not evaluated on the test set" in page.read_text("utf-8")
    assert not (tmp_path / "run" / "evaluations.jsonl").exists()
    assert cli("report", run, "-o", "here.html").out == "report here.html\n"
    assert (tmp_path / "here.html").exists()


def test_an_unfinished_run_has_a_page(cli, run, tmp_path):
    for name in ("result.json", "weights.safetensors", "predictions.npz"):
        (Path(run) / name).unlink()
    ended = cli("report", run)
    assert ended.code == 0
    assert "This run is not finished" in (Path(run) / "report.html").read_text("utf-8")


def test_a_run_that_diverged_has_a_page(cli, tmp_path):
    told = cli("train", *SMALL, "--optimizer", "sgd:lr=1e30", "--batch", "10", "--json").json
    assert cli("report", told["run"], "-o", "page.html").code == 0
    assert "This run diverged" in (tmp_path / "page.html").read_text("utf-8")


def test_features_have_a_page(cli, run, tmp_path):
    source = f"features:of={run},layer=0"
    given = ("--data", source, "--model", "mlp:hidden=8", "--epochs", "1", "--json")
    trained = cli("train", *given)
    assert trained.code == 0, trained.err
    assert cli("report", trained.json["run"], "-o", "page.html").code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert 'id="features"' in page
    assert 'id="worst"' not in page


def test_what_is_no_run_is_told(cli):
    assert cli("report", "nowhere").code == 4


def test_several_runs_have_one_page_that_says_it_was_not_declared(cli, trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run", ignore=shutil.ignore_patterns("evaluations.jsonl"))
    other = cli("train", *SMALL, "--epochs", "1", "--batch", "50", "--json").json["run"]
    ended = cli("report", "run", other, "-o", "page.html", "--against", "run", "--json")
    assert ended.code == 0, ended.err
    page = (tmp_path / "page.html").read_text("utf-8")
    assert ended.json == {
        "runs": ["run", other],
        "report": "page.html",
        "bytes": len(page.encode()),
    }
    assert "was not declared before the runs were made" in page
    assert "They differ in batch." in page
    assert "Differences from batch=128" in page
    assert "auditing 2 runs" in ended.err
    assert not (tmp_path / "run" / "evaluations.jsonl").exists()
    assert cli("report", "run", other, "--language", "ko").code == 0
    assert "혼동 행렬" in (tmp_path / "report.html").read_text("utf-8")
