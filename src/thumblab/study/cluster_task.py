"""What a worker of a Dask cluster does: trains one cell in a process of its own, and answers with its folder.

A process for each cell, as on one machine: a Dask worker may have many threads, a training that crashes
takes no Dask worker with it, and one that is no longer wanted can be stopped.
"""

from __future__ import annotations

import json
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from thumblab.core.errors import UsageError
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.study.archive import pack
from thumblab.study.event import Event
from thumblab.study.queue import is_done
from thumblab.study.worker import orders_for, start

POLL_SECONDS = 0.2
MOST_OF_LOG = 2000


def train_cell(
    name: str,
    experiment: dict[str, Any],
    root: str | None,
    modules: list[str],
    about: dict[str, Any],
) -> tuple[dict[str, Any], bytes]:
    """The last event of a cell, and its run folder as an archive; an empty one if there is no result.

    Runs in a thread of a Dask worker, as a task of its.

    Args:
        name: Of the run folder.
        experiment: The experiment as plain data.
        root: Folder with the data's files, on this machine.
        modules: The user's modules that it names, which this machine must have.
        about: ``engine``, the version that the results must be of, and ``topic``, to tell events under.
    """
    from distributed import get_worker

    if about["engine"] != ENGINE_VERSION:
        raise UsageError(
            f"this worker's thumblab computes as engine version {ENGINE_VERSION}, the study as "
            f"{about['engine']}; install the same thumblab on all machines"
        )
    worker: Any = get_worker()
    key = worker.get_current_task()

    def report(event: Event) -> None:
        worker.log_event(about["topic"], event.to_json())

    report(Event("began", name, message=worker.address))
    with tempfile.TemporaryDirectory(dir=worker.local_directory) as folder:
        runs = Path(folder) / "runs"
        orders = orders_for(
            {name: experiment},
            runs,
            number=0,
            workers=1,  # Dask counts a core for a task
            root=root,
            modules=modules,
            grace=None,
        )
        last = _train(orders, Path(folder) / "log", report, lambda: _is_wanted(worker, key))
        return last.to_json(), pack(runs / name) if is_done(runs, name) else b""


def _train(orders: str, log: Path, report: Any, is_wanted: Any) -> Event:
    """The last event of a process that does as ordered; one of kind ``lost`` if it dies."""
    heard: list[Event] = []
    with log.open("wb") as file:
        process = start(orders, log=file)

    def listen(answers: IO[str]) -> None:
        for line in answers:
            event = Event(**json.loads(line))
            if event.kind in ("epoch", "warning"):
                report(event)
            elif event.kind != "began":
                heard.append(event)

    assert process.stdin is not None
    assert process.stdout is not None
    listener = threading.Thread(target=listen, args=(process.stdout,), daemon=True)
    listener.start()
    while listener.is_alive():
        listener.join(POLL_SECONDS)
        if not is_wanted():
            process.stdin.close()  # which tells it to stop
            listener.join()
    code = process.wait()
    for stream in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):  # orders that it did not live to read
            stream.close()
    if heard:
        return heard[-1]
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    printed = log.read_text(errors="replace")[-MOST_OF_LOG:].strip()
    return Event("lost", message=f"its process ended with {how}: {printed or 'it said nothing'}")


def _is_wanted(worker: Any, key: str) -> bool:
    """Whether the worker goes on, and the task has not been canceled, with which Dask stops no thread."""
    task = worker.state.tasks.get(key)
    open_ = worker.status.name in ("running", "paused")
    return open_ and task is not None and task.state != "cancelled"
