"""Commands that measure for long and are stopped on the way answer with what they have."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from thumblab.bench import benchmark, profile, tune
from thumblab.cli.app import main
from thumblab.training.trainer import Trainer

SIGNALS = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
BENCH = ("bench", "--models", "mlp", "--engines", "numpy+torch_eager", "--batch", "16+17+18")
TUNE = ("tune", "lenet5", "--batch", "16", "--rounds", "1")


@pytest.fixture
def heard():
    """A terminal that listens, whatever the tests were started with."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def stop_at(monkeypatch, place, name, number, call):
    """Sends a signal in the middle of the call with that number."""
    real, calls = getattr(place, name), []

    def stopped(*arguments, **named):
        calls.append(arguments)
        if len(calls) == call:
            os.kill(os.getpid(), number)
        return real(*arguments, **named)

    monkeypatch.setattr(place, name, stopped)


@pytest.fixture
def quick(monkeypatch):
    def measure(case, engines, *, rounds, say):
        memory = {"numpy": 100.0, "torch_eager": 400.0}
        return benchmark._rows(case, {name: [0.1, 0.2] for name in engines}, memory, 1.0)

    monkeypatch.setattr(benchmark, "measure", measure)


@SIGNALS
def test_a_bench_that_is_stopped_prints_the_rows_it_has(
    cli, heard, quick, monkeypatch, number, code
):
    with monkeypatch.context() as patched:
        stop_at(patched, benchmark, "measure", number, 3)
        ended = cli(*BENCH, "--json", "--output", "rows.json")
    assert (ended.code, ended.json["partial"]) == (code, True)
    assert [row["batch"] for row in ended.json["rows"]] == [16, 16, 17, 17]
    assert json.loads(Path("rows.json").read_text())["rows"] == ended.json["rows"]
    stop_at(monkeypatch, benchmark, "measure", number, 2)
    ended = cli(*BENCH)
    assert ended.code == code
    assert ended.out.count("torch_eager") == 1
    assert ended.lines[-1] == "stopped; these are the rows of the workloads that were measured"


def test_a_bench_that_is_stopped_before_its_first_row_says_so(cli, quick, monkeypatch):
    stop_at(monkeypatch, benchmark, "measure", signal.SIGTERM, 1)
    ended = cli(*BENCH)
    assert (ended.code, ended.out.strip(), ended.lines[-1]) == (143, "", "stopped")


@SIGNALS
def test_a_tune_that_is_stopped_prints_its_rows_and_writes_no_plan(
    cli, heard, monkeypatch, number, code
):
    stop_at(monkeypatch, tune, "measure", number, 2)
    ended = cli(*TUNE, "--json")
    told = ended.json
    assert (ended.code, told["partial"], told["plan"], len(told["rows"])) == (code, True, None, 1)
    assert "stopped after 1 of 2 convolutions; no plan is written" in ended.lines[-1]
    assert not Path("plan.json").exists()


@SIGNALS
def test_an_lr_range_test_that_is_stopped_tells_the_steps_it_has(
    cli, heard, monkeypatch, number, code
):
    find = (
        "lr-range-test",
        "--data",
        "characters",
        "--model",
        "mlp",
        "--batch",
        "16",
        "--workers",
        "1",
    )
    with monkeypatch.context() as patched:
        stop_at(patched, Trainer, "train_step", number, 6)
        ended = cli(*find, "--json")
    assert (ended.code, ended.json["partial"], len(ended.json["losses"])) == (code, True, 5)
    assert ended.lines[-1] == "stopped after 5 of 100 steps"
    assert Path("lr-range-test.html").exists()
    stop_at(monkeypatch, Trainer, "train_step", number, 1)
    ended = cli(*find, "--json")
    assert (ended.code, ended.json) == (code, {"partial": True})


@SIGNALS
def test_whatever_else_is_stopped_says_so_and_leaves_nothing(
    cli, heard, monkeypatch, tmp_path, number, code
):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with monkeypatch.context() as patched:
        stop_at(patched, Trainer, "train_step", number, 2)
        ended = cli(
            "estimate", "mlp", "--batch", "16", "--workers", "1", "--seconds", "0.1", "--json"
        )
    assert (ended.code, ended.json) == (code, {"partial": True})
    assert ended.lines[-1] == "stopped before there was an estimate"
    stop_at(monkeypatch, profile, "watched", number, 2)
    ended = cli("profile", "mlp", "--batch", "16", "--workers", "1")
    assert (ended.code, ended.out, ended.lines[-1]) == (code, "", "thumblab: stopped")
    assert os.listdir(temporary) == []


def test_the_command_line_runs_in_a_thread(cli, capfd):
    """Signals are the main thread's; elsewhere nothing is asked of them."""
    codes = []
    small = ("--data", "characters", "--model", "mlp", "--subset", "50", "--epochs", "1")
    for command in (("models", "lenet5"), ("train", *small, "--runs", "here")):
        thread = threading.Thread(target=lambda command=command: codes.append(main(command)))
        thread.start()
        thread.join()
    assert codes == [0, 0]
