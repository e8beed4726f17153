"""A worker's process ends in itself, whatever happens to it after the fork."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
POINTS = ("worker.forked", "worker.signals", "worker.closed", "worker.ready")

CALLER = """
import atexit, os, signal, sys, warnings
import numpy as np
from thumblab.engines.numpy.workers.protocol import Command
from thumblab.engines.numpy.network import open_pool

def work(rank, communicator, command):
    place[rank] = os.getpid()
    communicator.all_reduce(rank, np.ones(1))

atexit.register(lambda: print("exit", flush=True))
signal.signal(signal.SIGUSR1, lambda *_: print("signal", flush=True))
{before}
worker_pool = open_pool(3, work, "processes")
place = worker_pool.array((3,), np.int64)
try:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        worker_pool.run(Command(0, 0, 0, 0, 0.0), 3)
    print(*[str(each.message) for each in told], sep="\\n")
    print("done by", len(set(place)), flush=True)
finally:
    print("finally", flush=True)
"""


def called(before: str = "", **environment: str) -> list[str]:
    """The lines that the caller prints; its children must print none."""
    command = [sys.executable, "-c", CALLER.format(before=before)]
    done = subprocess.run(
        command,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


def test_processes_work_and_print_nothing() -> None:
    assert called() == ["done by 3", "finally", "exit"]


@pytest.mark.parametrize(
    ("point", "kind"), [*((point, "full") for point in POINTS[::3]), ("worker.closed", "exit")]
)
def test_a_setup_that_fails_ends_the_child_and_threads_do_its_work(point: str, kind: str) -> None:
    """A child whose setup failed used to go on with the caller's program, up to its last line."""
    told, *rest = called(THUMBLAB_FAULT=f"{point}:{kind}")
    assert told.startswith("no processes can be started to compute side by side (")
    assert ("No space left on device" in told) == (kind == "full")
    assert rest == ["done by 1", "finally", "exit"]


def test_without_proc_the_child_closes_what_it_has_all_the_same() -> None:
    missing = """
listed = os.listdir
def listdir(path="."):
    if "/proc" in str(path):
        raise FileNotFoundError(path)
    return listed(path)
os.listdir = listdir
"""
    assert called(missing) == ["done by 3", "finally", "exit"]


def test_without_a_free_descriptor_it_works_all_the_same() -> None:
    """Reading /proc needs one; those of the pipes are the last that there are."""
    full = """
import resource
from thumblab.engines.numpy.workers import processes
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
fork, held = processes.os.fork, []
def fork_without_descriptors():
    pid = fork()
    if pid == 0:
        while True:
            try:
                held.append(os.dup(0))
            except OSError:
                return pid
    return pid
processes.os.fork = fork_without_descriptors
"""
    assert called(full) == ["done by 3", "finally", "exit"]


def test_without_a_descriptor_for_the_pipes_threads_do_the_work() -> None:
    full = """
import resource
held = []
def more():
    while True:
        try:
            held.append(os.dup(0))
        except OSError:
            return
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
more()
os.close(held.pop())
"""
    told, *rest = called(full)
    assert "Too many open files" in told
    assert rest == ["done by 1", "finally", "exit"]


def test_no_handler_of_the_callers_runs_in_a_child() -> None:
    """A signal that comes between the fork and the child's first line is the parent's alone."""
    between = """
from thumblab.engines.numpy.workers import processes
fork = processes.os.fork
def fork_and_signal():
    pid = fork()
    os.kill(os.getpid(), signal.SIGUSR1)
    return pid
processes.os.fork = fork_and_signal
"""
    lines = called(between)
    assert lines.count("signal") == 2  # one for each of the parent's forks
    assert [line for line in lines if line != "signal"] == ["done by 3", "finally", "exit"]


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" in status.read_text()
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("thread", [False, True])
def test_a_paused_worker_does_not_outlive_its_parent(thread: bool) -> None:
    """The kernel ends it; a worker that a side thread forked must not end with that thread."""
    begin = """
import threading, time
def first():
    worker_pool.run(Command(0, 0, 0, 0, 0.0), 3)
side = threading.Thread(target=first)
side.start() if THREAD else first()
side.join() if THREAD else None
worker_pool.run(Command(0, 0, 0, 0, 0.0), 3)
print(*place, flush=True)
time.sleep(60)
"""
    program = CALLER.partition("try:")[0].format(before="") + begin.replace("THREAD", str(thread))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 3
        assert parent.pid == pids[0]
        if not thread:
            os.kill(pids[1], signal.SIGSTOP)
        parent.kill()
        try:
            deadline = time.monotonic() + 20
            while not all(map(gone, pids[1:])):
                assert time.monotonic() < deadline, "a worker outlived its parent"
                time.sleep(0.01)
        finally:
            for pid in pids[1:]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_worker_ends_when_told_although_another_process_keeps_its_pipe_open() -> None:
    """A child of the user's, forked while workers lived, has the pipes' ends of its parent."""
    code = """
child = os.fork() if worker_pool.run(Command(0, 0, 0, 0, 0.0), 3) is None else 0
if child == 0:
    import time
    time.sleep(60)
    os._exit(0)
from thumblab.engines.numpy.workers import processes
killed = []
processes.os.kill = lambda *told: killed.append(told)
worker_pool.close()
os.kill = None
print("killed", killed, flush=True)
os._exit(0)
"""
    program = CALLER.partition("try:")[0].format(before="") + code
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == "killed []\n"
        os.killpg(caller.pid, signal.SIGKILL)
