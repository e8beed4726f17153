from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from thumblab.bench.memory import descendants, peak_mb, proportional_mb

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells it in /proc")

FAMILY = """
import mmap, os, sys
shared = mmap.mmap(-1, 48 << 20)
shared.write(bytes(48 << 20))
for _ in range(2):
    if os.fork() == 0:
        sum(shared[::4096])
        print("ready", flush=True)
        sys.stdin.read()
        os._exit(0)
print("ready", flush=True)
sys.stdin.read()
"""
PEAK = """
import mmap, sys, time
print("ready", flush=True)
for line in sys.stdin:
    block = mmap.mmap(-1, 48 << 20)
    block.write(bytes(48 << 20))
    time.sleep(0.1)
    block.close()
    print("done", flush=True)
"""


@contextmanager
def started(code: str, lines: int) -> Iterator[subprocess.Popen[str]]:
    """A Python that has written so many lines."""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_shared_pages_count_once_and_children_count() -> None:
    with started(FAMILY, 3) as parent:
        assert len(descendants(parent.pid)) == 2
        size = proportional_mb(parent.pid)
    assert size is not None
    assert 48 < size < 48 + 40  # three sums of what is resident would be 144 and more


def test_the_peak_is_seen_though_it_is_over() -> None:
    with started(PEAK, 1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        before = proportional_mb(process.pid)

        def work() -> None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            process.stdout.readline()

        peak = peak_mb(process.pid, work)
        time.sleep(0.01)
        after = proportional_mb(process.pid)
    assert before is not None
    assert peak is not None
    assert after is not None
    assert peak - before > 47
    assert after - before < 30


def test_a_process_that_is_gone_has_no_size() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert proportional_mb(process.pid) is None
    assert peak_mb(process.pid, lambda: None) is None


def test_a_failure_of_the_work_ends_the_watch() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with started(PEAK, 1) as process, pytest.raises(ZeroDivisionError):
        peak_mb(process.pid, fail)
