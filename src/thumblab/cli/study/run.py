"""``thumblab study run``."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer, say
from thumblab.cli.stopping import stopping
from thumblab.cli.study.options import StudyOptions
from thumblab.cli.study.progress import Progress


def run(
    file: Path,
    /,
    *,
    options: StudyOptions | None = None,
    workers: int = 1,
    shard: str | None = None,
    json: Json = False,
) -> int:
    """Train every run that a study lacks; what was stopped goes on where it stood.

    Example: `thumblab study run studies/demo.toml --workers 2`

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        workers: Runs that are trained side by side; the cores are divided among them.
        shard: Train only a part of the runs, such as 1/4, on a machine that shares no disk with others;
            thumblab study merge puts the parts together.
        json: Print the result as JSON.
    """
    from thumblab.core.errors import UsageError
    from thumblab.study import counts
    from thumblab.study import run as start

    options = options or StudyOptions()
    if workers < 1:
        raise UsageError(f"--workers {workers} must be at least 1; give as many as cores at most")
    study = options.read(file)
    part = _shard(shard)
    with stopping() as stop:
        events = start(study, runs=options.folder, root=options.from_, workers=workers, shard=part)
        with closing(events), Progress(study, options.folder) as shown:
            for event in events:
                shown.show(event)
                if stop.number:
                    say("stopping: what is under way is saved")
                    break
    found = counts(study, options.folder)
    text = f"{found.done} of {found.cells} runs done"
    text += f", {found.diverged} of them diverged" if found.diverged else ""
    text += f", {found.failed} failed" if found.failed else ""
    if found.done == found.cells:
        text += f"\nnext: thumblab study verdict {file}"
    answer(found.to_json(), text, as_json=json)
    return stop.exit_code or (1 if found.failed else 0)


def _shard(given: str | None) -> tuple[int, int]:
    """``1/4`` as ``(0, 4)``."""
    from thumblab.core.errors import UsageError

    if given is None:
        return 0, 1
    match = re.fullmatch(r"(\d+)/(\d+)", given.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"--shard {given!r} is no part; write 1/4 for the first of four")
    return int(match[1]) - 1, int(match[2])
