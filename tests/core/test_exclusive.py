from __future__ import annotations

import os
import threading
import time

import pytest

from thumblab.core.exclusive import Exclusive


def test_one_thread_at_a_time() -> None:
    exclusive, inside, most = Exclusive(), list[int](), list[int]()

    def enter() -> None:
        for _ in range(20):
            with exclusive.turn():
                inside.append(1)
                time.sleep(1e-5)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80


def test_whoever_is_inside_is_told_instead_of_waiting_for_itself() -> None:
    exclusive = Exclusive()
    with exclusive.turn(), pytest.raises(RuntimeError, match="while it answers this same thread"):
        exclusive.turn().__enter__()
    with exclusive.turn():
        pass


def test_an_error_inside_leaves_it_open() -> None:
    exclusive = Exclusive()
    with pytest.raises(KeyError), exclusive.turn():
        raise KeyError
    with exclusive.turn():
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_does_not_wait_for_a_thread_that_it_does_not_have() -> None:
    exclusive, entered, leave = Exclusive(), threading.Event(), threading.Event()

    def hold() -> None:
        with exclusive.turn():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    entered.wait()
    pid = os.fork()
    if pid == 0:
        with exclusive.turn():
            os._exit(7)
    leave.set()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    thread.join()
