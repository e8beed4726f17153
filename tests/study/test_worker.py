import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.study.small import datasets, experiment
from thumblab.core.value import to_dict
from thumblab.runs import Run
from thumblab.study.event import Event
from thumblab.study.queue import UNFINISHED
from thumblab.study.worker import orders_for

(DATA,) = datasets().values()


def start(epochs: int, runs: Path) -> tuple[str, "subprocess.Popen[str]"]:
    wanted = replace(experiment(), epochs=epochs)
    name = wanted.key(DATA.fingerprint)[:12]
    process = subprocess.Popen(
        [sys.executable, "-m", "thumblab.study.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    cells = {name: to_dict(wanted)}
    assert process.stdin is not None
    process.stdin.write(
        orders_for(cells, runs, number=2, workers=1, root=None, modules=[], grace=None)
    )
    process.stdin.flush()
    return name, process


def heard(process: "subprocess.Popen[str]") -> list[Event]:
    assert process.stdout is not None
    return [Event(**json.loads(line)) for line in process.stdout]


def close(process: "subprocess.Popen[str]") -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None and not stream.closed:
            stream.close()


def test_a_worker_trains_what_it_is_told_and_says_so(tmp_path: Path) -> None:
    name, process = start(1, tmp_path)
    events = [event for event in heard(process) if event.kind != "warning"]
    assert process.wait() == 0
    close(process)
    assert [event.kind for event in events] == ["began", "epoch", "done"]
    assert {event.worker for event in events} == {2}
    assert Run(tmp_path / name).status == "done"


@pytest.mark.parametrize("how", ["signal", "orphan"])
def test_a_worker_saves_and_ends_by_a_signal_or_without_who_gave_orders(
    tmp_path: Path, how: str
) -> None:
    name, process = start(100_000, tmp_path)
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["kind"] != "epoch":
        pass
    if how == "signal":
        process.send_signal(signal.SIGTERM)
    elif process.stdin is not None:
        process.stdin.close()
    assert heard(process)[-1].kind == "stopped"
    assert process.wait() == 0
    close(process)
    (folder,) = (tmp_path / UNFINISHED).glob(f"{name}.*/{name}")
    assert Run(folder).checkpoints
