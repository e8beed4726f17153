"""A worker process: ``python -m thumblab.study.worker``, with its orders on standard input.

It answers with a JSON object a line on standard output, an event each. Whatever else is printed goes to
standard error. A signal makes it save what it has and end; so does the end of the process that gave orders.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TextIO

from thumblab.config import import_own
from thumblab.core.value import from_dict
from thumblab.study.event import Event
from thumblab.study.queue import published
from thumblab.study.working import work

LEASE_LOST = 75


@dataclass
class _Stop:
    asked: bool = False

    def handle(self, number: int, frame: object) -> None:
        """The signal handler."""
        self.asked = True

    def __call__(self) -> bool:
        return self.asked


def main() -> int:
    """Works until there is nothing left to do; returns 75 if a lease was lost."""
    answers, sys.stdout = sys.stdout, sys.stderr
    stop = _Stop()
    for stops in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stops, stop.handle)
    orders = json.loads(sys.stdin.readline())
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    for module in orders["modules"]:
        import_own(module)
    number, lost = int(orders["number"]), False
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_, **__: _tell(
            answers, Event("warning", message=published(str(message)), worker=number)
        )
        events = work(
            {name: from_dict(value) for name, value in orders["cells"].items()},
            Path(orders["runs"]),
            root=orders["root"],
            first=number,
            workers=orders["workers"],
            should_stop=stop,
            grace=orders["grace"],
        )
        for event in events:
            _tell(answers, Event(**{**event.to_json(), "worker": number}))
            lost = lost or event.kind == "lost"
    return LEASE_LOST if lost else 0


def start(
    orders: str, *, log: IO[bytes], environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """A worker process that has its orders; what it prints by the way goes to ``log``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "thumblab.study.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env=environment,
        start_new_session=True,  # a Ctrl-C is for who gives the orders
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has died already, which its end tells
        process.stdin.write(orders)
        process.stdin.flush()
    return process


def orders_for(
    cells: dict[str, Any],
    runs: Path,
    *,
    number: int,
    workers: int | None,
    root: Path | str | None,
    modules: list[str],
    grace: float | None,
) -> str:
    """What a worker reads: one line."""
    orders = {
        "cells": cells,
        "runs": str(runs),
        "number": number,
        "workers": workers,
        "root": None if root is None else str(root),
        "modules": modules,
        "grace": grace,
    }
    return json.dumps(orders) + "\n"


def _tell(answers: TextIO, event: Event) -> None:
    with suppress(OSError):  # who gave the orders is gone; the watch sees to the rest
        print(json.dumps(event.to_json()), file=answers, flush=True)


def _watch(stop: _Stop) -> None:
    """Stops the work once standard input ends, which the other process holds open while it lives."""
    while os.read(0, 1 << 16):  # by its number: no lock of Python's is held while the process ends
        pass
    stop.asked = True


if __name__ == "__main__":
    sys.exit(main())
