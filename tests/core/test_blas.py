"""The program around a network keeps its BLAS threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from thumblab.core import blas
from thumblab.core.blas import one_blas_thread


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def _three() -> Iterator[None]:
    with threadpool_limits(3, "blas"):
        yield


def test_blas_has_one_thread_inside_and_what_it_had_outside() -> None:
    with one_blas_thread():
        assert threads() == {1}
        with one_blas_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {3}


def test_an_error_restores_it_too() -> None:
    with pytest.raises(KeyError), one_blas_thread():
        raise KeyError
    assert threads() == {3}


def test_a_number_that_somebody_sets_meanwhile_stays() -> None:
    with one_blas_thread():
        threadpool_limits(2, "blas")
    assert threads() == {2}


def test_the_last_of_several_threads_restores_it() -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with one_blas_thread():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other, daemon=True)
    thread.start()
    entered.wait()
    with one_blas_thread():
        pass
    assert threads() == {1}  # the other one still computes
    leave.set()
    thread.join()
    assert threads() == {3}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("inside", [False, True])
def test_a_fork_waits_for_other_threads_and_the_child_has_its_own_number(
    inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that this very thread is inside goes on in the child; it is not waited for."""
    monkeypatch.setattr(blas, "SECONDS", 8.0)
    entered, ended = threading.Event(), list[str]()

    def other() -> None:
        with one_blas_thread():
            entered.set()
            while not blas._passes.forks and not inside:
                pass
            ended.append("other")

    thread = threading.Thread(target=other, daemon=True)
    if inside:
        blas._passes.begin(threading.get_ident())
    thread.start()
    entered.wait()
    pid = os.fork()
    if pid == 0:
        os._exit(10 * len(ended) + threads().pop())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    thread.join()
    if inside:
        blas._passes.end(threading.get_ident())
        assert code % 10 == 1
    else:
        assert code == 13
    assert threads() == {3}


def test_passes_wait_while_a_fork_is_under_way() -> None:
    passed = threading.Event()

    def other() -> None:
        with one_blas_thread():
            passed.set()

    blas._before_fork()
    thread = threading.Thread(target=other, daemon=True)
    thread.start()
    assert not passed.wait(0.01)
    blas._after_fork()
    assert passed.wait(10)
    thread.join()


def test_a_pass_that_was_broken_off_badly_does_not_keep_it_lowered() -> None:
    """As if Ctrl-C had come between the two halves of an end."""
    blas._passes.begin(threading.get_ident())
    blas._passes.running.clear()
    assert threads() == {1}
    with one_blas_thread():
        pass
    assert threads() == {3}


FORKS = """
from thumblab.core import blas  # before what the pass below uses
import os, threading
from concurrent.futures import ThreadPoolExecutor

blas.SECONDS, entered, ended = 3.0, threading.Event(), []
def other():
    with blas.one_blas_thread():
        entered.set()
        while not blas._passes.forks:
            pass
        with ThreadPoolExecutor(1) as pool:
            pool.submit(int).result()
        ended.append(1)
thread = threading.Thread(target=other, daemon=True)
thread.start()
entered.wait()
if os.fork() == 0:
    os._exit(len(ended))
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_that_waits_holds_no_lock_that_the_pass_needs() -> None:
    """Those of pools of threads are taken before a fork too; whoever is first matters."""
    command = [sys.executable, "-W", "ignore", "-c", FORKS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "1\n"
