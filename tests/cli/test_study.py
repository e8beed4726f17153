import json
from pathlib import Path

import pytest

from tests.study.small import FILE, written

QUICK = FILE + '\n[audit]\nignore = { T01 = "a network of a second" }\n'


@pytest.fixture(scope="module")
def run_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A study file, and a folder in which it has been run."""
    from thumblab.cli.app import main

    folder = tmp_path_factory.mktemp("study")
    file = written(folder, QUICK)
    assert main(["study", "run", str(file), "--runs", str(folder / "runs"), "-q"]) == 0
    return file, folder / "runs"


def test_a_study_is_planned_locked_run_and_answered(cli, tmp_path) -> None:
    file = written(tmp_path, QUICK)
    runs = ["--runs", tmp_path / "runs"]
    plan = cli("study", "plan", file, *runs, "--seconds", "0")
    assert plan.code == 0
    assert "4 runs (2 seeds of 2 arms), 0 done; 1 comparisons declared" in plan.out
    assert "not locked yet" in plan.out
    assert "is locked in" in cli("study", "lock", file, *runs).out
    run = cli("study", "run", file, *runs)
    assert run.code == 0
    assert "4 of 4 runs done" in run.out
    assert "plain, seed 0: done" in run.err
    assert "4 of 4" in run.err
    verdict = cli("study", "verdict", file, *runs)
    assert verdict.code == 0
    assert verdict.out.startswith("Is it better wide?\nwide: ")
    assert "could be best" in verdict.out
    assert "set aside: T01 (a network of a second)" in verdict.out
    again = cli("study", "run", file, *runs)
    assert "seed" not in again.err


def test_everything_is_told_as_json(cli, run_study) -> None:
    file, folder = run_study
    runs = ["--runs", folder, "--json"]
    assert json.loads(cli("study", "plan", file, *runs).out)["done"] == 4
    assert json.loads(cli("study", "lock", file, *runs).out)["name"] == "small"
    assert json.loads(cli("study", "run", file, *runs).out)["done"] == 4
    status = json.loads(cli("study", "status", file, *runs).out)
    assert [each["status"] for each in status["runs"]] == ["done"] * 4
    assert json.loads(cli("study", "rebuild", file, *runs).out)["results"] == 4
    verdict = json.loads(cli("study", "verdict", file, *runs).out)
    assert verdict["verdict"]["arms"]["wide"]["word"] in ("not resolved", "better", "worse")
    shard = json.loads(cli("study", "shard", file, "3", *runs).out)
    assert len(shard["commands"]) == 3
    assert shard["commands"][1].endswith("--shard 2/3")


def test_a_batch_script_runs_the_parts(cli, run_study) -> None:
    file, folder = run_study
    script = cli("study", "shard", file, "4", "--runs", folder, "--slurm").out
    assert script.startswith("#!/bin/bash\n#SBATCH --job-name=small\n#SBATCH --array=1-4\n")
    assert f'--runs {folder}-"$SLURM_ARRAY_TASK_ID" --shard "$SLURM_ARRAY_TASK_ID"/4' in script


def test_parts_are_run_and_merged(cli, tmp_path) -> None:
    file = written(tmp_path, QUICK)
    for part in ("1/2", "2/2"):
        run = cli("study", "run", file, "--runs", tmp_path / part[0], "--shard", part)
        assert "2 of 4 runs done" in run.out
    merged = cli("study", "merge", file, tmp_path / "1", tmp_path / "2", "--runs", tmp_path / "all")
    assert merged.out.startswith("4 runs are new, 0 were there, 0 are still missing")
    assert "4 of 4 runs done" in cli("study", "status", file, "--runs", tmp_path / "all").out


def test_a_page_and_a_table_are_written(cli, run_study, tmp_path) -> None:
    file, folder = run_study
    runs = ["--runs", folder]
    page = cli("study", "report", file, *runs, "-o", tmp_path / "s.html", "--language", "ko")
    assert page.code == 0
    assert 'lang="ko"' in (tmp_path / "s.html").read_text()
    assert f"thumblab study run {file} --runs {folder}" in (tmp_path / "s.html").read_text()
    assert cli("study", "table", file, *runs, "-o", tmp_path / "t.csv").code == 0
    assert (tmp_path / "t.csv").read_text().startswith("arm,mean,sd,seeds,difference")
    assert cli("study", "figure", file, *runs, "-o", tmp_path / "f.svg").code == 0
    assert (tmp_path / "f.svg").read_text().startswith("<?xml")
    wrong = cli("study", "table", file, *runs, "-o", tmp_path / "t.doc")
    assert wrong.code == 2


def test_an_audit_is_no_verdict(cli, tmp_path) -> None:
    file = written(tmp_path)
    runs = ["--runs", tmp_path / "runs"]
    cli("study", "run", file, *runs)
    found = cli("study", "audit", file, *runs, "--json")
    assert (found.code, "T01" in {each["code"] for each in json.loads(found.out)}) == (0, True)
    strict = cli("study", "audit", file, *runs, "--strict")
    assert strict.code == 1
    assert "52 rules" in strict.out
    assert not (tmp_path / "runs" / "studies" / "small" / "looks.jsonl").exists()
    assert cli("audit", file, "--json").code == 0  # the usual folder of runs
    assert cli("report", file, "-o", "page.html").code == 0
    for kind in ("forest", "curves"):
        assert cli("figure", kind, file, "-o", f"{kind}.svg").code == 0
        assert Path(f"{kind}.svg").exists()
    assert Path("page.html").exists()


def test_results_are_stored(cli, run_study, tmp_path) -> None:
    file, folder = run_study
    assert cli("study", "store", file, "--runs", folder, "-o", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "hits.npz").exists()


def test_what_is_wrong_is_said_in_a_line(cli, run_study, tmp_path) -> None:
    file, folder = run_study
    runs = ["--runs", folder]
    cli("study", "verdict", file, *runs)
    for arguments, message in (
        (["run", file, "--shard", "3/2"], "--shard '3/2' is no part"),
        (["run", file, "--workers", "0"], "--workers 0 must be at least 1"),
        (["run", file, "--workers", "2", "--dask", "tcp://a:1"], "leave one out"),
        (["more", file, "1"], "no looks were declared"),
        (["merge", file], "no folder was given"),
        (["run", tmp_path / "nowhere.toml"], "cannot be read"),
        (["verdict", file, "--profile", "quick"], "unknown profile"),
        (["run"], "See thumblab study --help"),
    ):
        found = cli("study", *arguments, *(runs if len(arguments) > 1 else []))
        assert found.code == 2, found.err
        assert message in found.err
    changed = written(tmp_path, QUICK.replace("matters = 5", "matters = 1"))
    found = cli("study", "run", changed, *runs)
    assert "question.matters 5.0 -> 1.0" in found.err
    assert "thumblab study lock FILE --amend REASON" in found.err


def test_more_seeds_are_asked_for(cli, tmp_path) -> None:
    file = written(tmp_path, QUICK)
    runs = ["--runs", tmp_path / "runs"]
    cli("study", "lock", file, *runs)
    assert "3 seeds of each arm" in cli("study", "more", file, "1", *runs).out
