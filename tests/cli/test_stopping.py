"""Signals, full disks and sudden ends: nothing is lost, and a resumed run ends the same."""

import json
import os
import resource
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SMALL, finished, start
from thumblab.cli.stopping import Stopped, stopping
from thumblab.config import load

LONG = ("train", *SMALL[:-1], "600", "--epochs", "12", "--batch", "16")
SHORT = ("train", *SMALL, "--epochs", "2")
POINTS = (
    "environment.written",
    "experiment.written",
    "checkpoint.half",
    "checkpoint.written",
    "checkpoint.renamed",
    "weights.written",
    "predictions.written",
    "result.written",
)


@pytest.fixture(autouse=True)
def _terminal():
    """Tests may run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def outcome(runs):
    """What has to be the same, bit for bit."""
    (run,) = Path(runs).iterdir()
    with np.load(run / "predictions.npz") as stored:
        predictions = {name: stored[name].tobytes() for name in stored.files}
    result = json.loads((run / "result.json").read_bytes())
    assert result["status"] == "done"
    return result["weights_sha256"], (run / "metrics.jsonl").read_bytes(), predictions


def alone(process):
    """Whether nothing of the process and its children is left soon."""
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def stopped(folder, *signals, group=True):
    """Sends signals to a training process once it has trained an epoch."""
    process = start(*LONG, "--json", folder=folder)
    for line in process.stderr:
        if line.startswith("epoch 1/12"):
            break
    for number in signals:
        (os.killpg if group else os.kill)(process.pid, number)
    ended = finished(process)
    assert alone(process)
    return ended


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    assert finished(start(*LONG, folder=folder)).code == 0
    return outcome(folder / "runs")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_resumes_to_the_same_bits(tmp_path, undisturbed, number, code):
    ended = stopped(tmp_path, number, group=number == signal.SIGINT)
    assert ended.code == code
    assert ended.json["status"] == "unfinished"
    assert ended.lines[-1].startswith(f"stopped, saved in {ended.json['run']}; continue with")
    assert ended.lines[-1].endswith("--resume")
    again = finished(start(*LONG, folder=tmp_path))
    assert again.code == 2
    assert "resume it, or delete the folder (--resume)" in again.err
    resumed = finished(start(*LONG, "--resume", "--json", folder=tmp_path))
    assert (resumed.code, resumed.json["status"]) == (0, "done")
    assert "epoch 12/12" in resumed.err
    assert "done before" in resumed.err
    assert outcome(tmp_path / "runs") == undisturbed


def test_a_second_signal_stops_at_once_and_loses_nothing_saved(tmp_path, undisturbed):
    ended = stopped(tmp_path, signal.SIGINT, signal.SIGTERM, group=False)
    assert ended.code in (130, 143)  # as the second comes before the batch's end or after it
    assert finished(start(*LONG, "--resume", folder=tmp_path)).code == 0
    assert outcome(tmp_path / "runs") == undisturbed


def test_the_second_signal_ends_the_process(monkeypatch):
    def leave(code):
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", leave)
    with stopping() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.exit_code == 130
        with pytest.raises(SystemExit, match="143"):
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_terminal_that_goes_may_be_told_of_twice():
    with stopping() as stop:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGHUP)
        assert stop.exit_code == 129


def test_a_worker_that_is_being_forked_goes_on(monkeypatch):
    with stopping() as stop:
        stop.saved = True
        monkeypatch.setattr(os, "getpid", lambda: -1)
        stop.handle(signal.SIGINT, None)
        monkeypatch.undo()
        stop.number = 0
        with pytest.raises(Stopped):
            stop.handle(signal.SIGINT, None)


def test_nohup_is_heard():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stopping() as stop:
        os.kill(os.getpid(), signal.SIGHUP)
        assert stop.exit_code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_signal_after_the_last_epoch_waits_for_no_predictions(
    cli, tmp_path, monkeypatch, short, number, code
):
    def last_predictions(session):
        os.kill(os.getpid(), number)
        raise AssertionError("the process went on")

    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["thumblab.training.loop"], "finish", last_predictions)
        ended = cli(*SHORT, "--json")
    assert (ended.code, ended.json["status"]) == (code, "unfinished")
    assert "stopped, saved in" in ended.lines[-1]
    assert cli(*SHORT, "--resume").code == 0
    assert outcome(tmp_path / "runs") == short


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    folder = tmp_path_factory.mktemp("short")
    assert finished(start(*SHORT, folder=folder)).code == 0
    return outcome(folder / "runs")


@pytest.mark.parametrize("point", POINTS)
def test_a_full_disk_is_one_line_and_a_way_on(cli, tmp_path, monkeypatch, short, point):
    monkeypatch.setenv("THUMBLAB_FAULT", f"{point}:full")
    ended = cli(*SHORT, "--json")
    assert (ended.code, ended.out) == (6, "")
    assert "cannot be written (No space left on device)" in ended.lines[-1]
    assert "nothing that was saved is lost" in ended.lines[-1]
    monkeypatch.delenv("THUMBLAB_FAULT")
    assert cli(*SHORT, "--resume", "--json").json["status"] == "done"
    assert outcome(tmp_path / "runs") == short


def test_a_disk_that_is_really_full(tmp_path, short):
    """The kernel refuses to let any file grow past 300 kB, so the predictions do not fit."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        process = start(*SHORT, folder=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    ended = finished(process)
    assert ended.code == 6
    assert "predictions.npz cannot be written" in ended.lines[-1]
    assert finished(start(*SHORT, "--resume", folder=tmp_path)).code == 0
    assert outcome(tmp_path / "runs") == short


def test_a_run_killed_while_it_saves_goes_on(tmp_path, short):
    ended = finished(start(*SHORT, folder=tmp_path, THUMBLAB_FAULT="checkpoint.half:exit"))
    assert ended.code == 137
    assert finished(start(*SHORT, "--resume", folder=tmp_path)).code == 0
    assert outcome(tmp_path / "runs") == short


def test_a_demo_that_was_stopped_needs_no_option_to_go_on(cli, monkeypatch):
    monkeypatch.setattr("thumblab.config.load", lambda what: replace(load(what), subset=100))
    monkeypatch.setenv("THUMBLAB_FAULT", "weights.written:full")
    assert cli("demo", "--epochs", "1").code == 6
    monkeypatch.delenv("THUMBLAB_FAULT")
    ended = cli("demo", "--epochs", "1")
    assert ended.code == 0
    assert "done before" in ended.err
