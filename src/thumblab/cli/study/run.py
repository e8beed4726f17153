"""``thumblab study run``."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from thumblab.cli.options import Json
from thumblab.cli.output import answer, say
from thumblab.cli.stopping import Stop, stopping
from thumblab.cli.study.options import StudyOptions
from thumblab.cli.study.progress import Progress
from thumblab.cli.study.trials import make_trials

if TYPE_CHECKING:
    from thumblab.study import Event
    from thumblab.study.status import Counts


def run(
    file: Path,
    /,
    *,
    options: StudyOptions | None = None,
    workers: int = 1,
    shard: str | None = None,
    dask: str | None = None,
    json: Json = False,
) -> int:
    """Train every run that a study lacks; what was stopped goes on where it stood.

    Example: `thumblab study run studies/demo.toml --workers 2`

    A study with a [search] is searched first (thumblab study search).

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        workers: Runs that are trained side by side; the cores are divided among them.
        shard: Train only a part of the runs, such as 1/4, on a machine that shares no disk with others;
            thumblab study merge puts the parts together.
        dask: Train on the workers of a Dask cluster, whose scheduler has this address, such as
            tcp://10.0.0.1:8786; they need thumblab and the data, but no shared disk.
        json: Print the result as JSON.
    """
    from thumblab.study import counts
    from thumblab.study import run as start

    options = options or StudyOptions()
    _check(workers, dask)
    study = options.read(file)
    part = _shard(shard)
    with stopping() as stop:
        if study.search is not None and part == (0, 1):
            make_trials(study, options, stop)
        events = start(
            study,
            runs=options.folder,
            root=options.from_,
            workers=workers,
            shard=part,
            dask=dask,
            should_stop=lambda: bool(stop.number),
        )
        _show(events, Progress(study, options.folder), stop)
    found = counts(study, options.folder)
    answer(found.to_json(), _in_words(found, file), as_json=json)
    return stop.exit_code or (1 if found.failed else 0)


def _show(events: Generator[Event, None, None], progress: Progress, stop: Stop) -> None:
    if stop.number:  # in the middle of a search
        return
    with closing(events), progress:
        for event in events:
            progress.show(event)
    if stop.number:
        say("stopped: the next run goes on from here")


def _check(workers: int, dask: str | None) -> None:
    from thumblab.core.errors import UsageError

    if workers < 1:
        raise UsageError(f"--workers {workers} must be at least 1; give as many as cores at most")
    if dask is not None and workers > 1:
        raise UsageError("--workers are of this machine, --dask of a cluster; leave one out")


def _in_words(found: Counts, file: Path) -> str:
    text = f"{found.done} of {found.cells} runs done"
    text += f", {found.diverged} of them diverged" if found.diverged else ""
    text += f", {found.failed} failed" if found.failed else ""
    return text + (f"\nnext: thumblab study verdict {file}" if found.done == found.cells else "")


def _shard(given: str | None) -> tuple[int, int]:
    """``1/4`` as ``(0, 4)``."""
    from thumblab.core.errors import UsageError

    if given is None:
        return 0, 1
    match = re.fullmatch(r"(\d+)/(\d+)", given.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"--shard {given!r} is no part; write 1/4 for the first of four")
    return int(match[1]) - 1, int(match[2])
