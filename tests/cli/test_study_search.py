import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import environment
from tests.study.small import FILE, written

pytest.importorskip("optuna")

SEARCH = """
[search]
space = { "schedule.max_lr" = "0.02..0.5 log" }
trials = 1

[audit]
ignore = { T01 = "a network of a second" }
"""


def test_a_study_is_searched_and_then_run(cli, tmp_path) -> None:
    file, runs = written(tmp_path, FILE + SEARCH), ["--runs", tmp_path / "runs"]
    plan = cli("study", "plan", file, *runs, "--seconds", "0.1")
    assert "2 trials of the search come first, 0 done\ntrials that are left take" in plan.out
    part = cli("study", "run", file, *runs, "--shard", "1/2")
    assert part.code == 2
    assert "have not been searched yet; search them first (thumblab study search FILE)" in part.err
    status = cli("study", "status", file, *runs)
    assert f"its settings are searched first: thumblab study search {file}" in status.out
    assert "there are no trials" in cli("study", "dashboard", file, *runs).err
    searched = cli("study", "search", file, *runs)
    assert searched.code == 0
    assert "plain, trial 0: " in searched.err
    assert "(1 of 2, " in searched.err
    assert "(2 of 2)" in searched.err
    assert "seed 1000, validation images" in searched.out
    again = cli("study", "search", file, *runs, "--json")
    assert "trial" not in again.err
    found = json.loads(again.out)["search"]
    settings = found["arms"]["plain"]["settings"]
    run = cli("study", "run", file, *runs)
    assert "4 of 4 runs done" in run.out
    assert "trial" not in run.err
    verdict = cli("study", "verdict", file, *runs)
    assert "settings: the best of 1 trials of each arm on validation images" in verdict.out
    assert f"settings of plain: schedule.max_lr={settings['schedule.max_lr']}" in verdict.out
    page = tmp_path / "page.html"
    assert cli("study", "report", file, *runs, "-o", page).code == 0
    assert "the best of 1 trials of each arm" in page.read_text(encoding="utf-8")


def test_running_a_study_searches_it_first(cli, tmp_path) -> None:
    file, runs = written(tmp_path, FILE + SEARCH), ["--runs", tmp_path / "runs"]
    run = cli("study", "run", file, *runs)
    assert run.err.index("wide, trial 0") < run.err.index("plain, seed 0: done")
    assert "4 of 4 runs done" in run.out


def test_a_stop_is_heard_while_a_search_runs(tmp_path) -> None:
    longer = FILE.replace("epochs = 1", "epochs = 100000") + SEARCH
    command = [sys.executable, "-m", "thumblab", "study", "search", str(written(tmp_path, longer))]
    process = subprocess.Popen(
        [*command, "--json"], cwd=tmp_path, env=environment(), text=True, stdout=subprocess.PIPE
    )
    lock = tmp_path / "runs" / "studies" / "small"
    while not list(lock.glob("trials/*/*/*/metrics.jsonl")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert json.loads(out)["search"] is None
    assert not list(lock.rglob("*.safetensors"))


def test_mistakes_are_told(cli, tmp_path) -> None:
    plain = written(tmp_path)
    assert "has no [search]" in cli("study", "search", plain, "--runs", tmp_path / "runs").err
    file = written(tmp_path, FILE + SEARCH)
    runs = ["--runs", tmp_path / "other"]
    bad = cli("study", "search", file, *runs, "--storage", "here")
    assert bad.code == 2
    assert "no URL of a database" in bad.err
    wrong = written(tmp_path, FILE + SEARCH.replace("schedule.max_lr", "schedule.maxlr"))
    found = cli("study", "search", wrong, *runs)
    assert "cannot take schedule.maxlr" in found.err
    assert "did you mean" in found.err


def test_trials_are_shown_in_a_browser_until_a_signal(cli, tmp_path) -> None:
    pytest.importorskip("optuna_dashboard")
    file, runs = written(tmp_path, FILE + SEARCH), Path(tmp_path / "runs")
    assert cli("study", "search", file, "--runs", runs).code == 0
    command = [sys.executable, "-m", "thumblab", "study", "dashboard", str(file), "--runs", runs]
    process = subprocess.Popen(
        [*map(str, command), "--port", "0"], env=environment(), text=True, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]
        with urlopen(f"{address}api/studies") as answer:
            assert len(json.load(answer)["study_summaries"]) == 2
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
