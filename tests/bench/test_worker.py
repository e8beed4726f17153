from __future__ import annotations

import os
import subprocess
import sys

import pytest

from thumblab.bench.worker import CannotRunError, Worker

SERVE = "from thumblab.bench.worker import CannotRunError, serve\nimport os, time\n"
SLEEPY = SERVE + "serve(lambda: lambda: (print('words'), time.sleep(0.01)))"
REFUSING = SERVE + "def prepare():\n    raise CannotRunError('no compiler')\nserve(prepare)"
FAILING = SERVE + "serve(lambda: lambda: os._exit(3))"
KILLED = SERVE + "serve(lambda: lambda: os.kill(os.getpid(), 9))"


def worker(code: str) -> Worker:
    return Worker(["-c", code], os.environ)


def test_a_worker_tells_the_seconds_of_its_steps() -> None:
    with worker(SLEEPY) as sleepy:
        assert 0.02 <= sleepy.run(2) < 1
        assert sleepy.run(0) < 0.01
        assert 1 <= sleepy.warm_up(0.05) <= 5
        assert sleepy.warm_up(0) == 1


def test_a_worker_may_say_that_it_cannot() -> None:
    with pytest.raises(CannotRunError, match=r"^no compiler$"):
        worker(REFUSING)


def test_a_worker_that_ends_is_an_error() -> None:
    with worker(FAILING) as failing, pytest.raises(RuntimeError, match="has ended with 3"):
        failing.run(1)


def test_a_worker_that_was_killed_wanted_memory() -> None:
    with worker(KILLED) as killed, pytest.raises(MemoryError, match="has been killed"):
        killed.run(1)


def test_a_worker_whose_parent_was_killed_ends_without_a_word() -> None:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", SLEEPY], text=True, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write("1\n1\n")
        process.stdin.close()
        assert process.stderr.read() == "words\n"
    assert process.returncode == 0
