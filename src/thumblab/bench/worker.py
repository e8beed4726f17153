"""A process that takes steps when told to, so that several can be timed in turn.

The parent writes how many steps; the worker answers with the seconds they took. Each has its own threads,
memory and allocator, and sleeps while another works.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

WARM_STEPS = 3
"""Steps before the first that counts: memory is kept and kernels are chosen by then."""


class CannotRunError(Exception):
    """What a worker is to do cannot be done on this machine; says why."""


def serve(prepare: Callable[[], Callable[[], object]]) -> None:
    """The life of a worker: prepares a step, then takes as many as each line of its input says.

    Whatever the step prints goes to standard error.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        step = prepare()
    except CannotRunError as error:
        _answer(answers, {"cannot": str(error)})
        return
    _answer(answers, {"seconds": 0.0})
    for line in sys.stdin:
        begun = time.perf_counter()
        for _ in range(int(line)):
            step()
        _answer(answers, {"seconds": time.perf_counter() - begun})


def _answer(answers: TextIO, what: dict[str, object]) -> None:
    try:
        print(json.dumps(what), file=answers, flush=True)
    except BrokenPipeError:  # the parent was killed
        os._exit(0)


class Worker:
    """A process that runs ``serve``, seen from its parent; ends with the ``with`` statement.

    Raises:
        CannotRunError: If it says so.
        MemoryError: If it was killed, as happens for want of memory.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the parent, which ends its workers
        )
        try:
            self._hear()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def run(self, steps: int) -> float:
        """Seconds for ``steps`` steps."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{steps}\n")
        self._process.stdin.flush()
        return self._hear()

    def warm_up(self, seconds: float) -> int:
        """Takes the first steps; says how many more last about ``seconds``, at least 1."""
        self.run(WARM_STEPS)
        return max(1, round(seconds * WARM_STEPS / self.run(WARM_STEPS)))

    def _hear(self) -> float:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            if code == -9:
                raise MemoryError("a process that was timed has been killed")
            raise RuntimeError(f"a process that was timed has ended with {code}")
        values = json.loads(line)
        if "cannot" in values:
            raise CannotRunError(values["cannot"])
        return float(values["seconds"])

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, and its children with it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:  # in the middle of a long step
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
