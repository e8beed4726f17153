"""``thumblab study search``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.cli.options import Json
from thumblab.cli.output import answer, percent, table
from thumblab.cli.stopping import stopping
from thumblab.cli.study.options import StudyOptions
from thumblab.cli.study.trials import make_trials

if TYPE_CHECKING:
    from thumblab.study import Study


def search(
    file: Path,
    /,
    *,
    options: StudyOptions | None = None,
    storage: str | None = None,
    json: Json = False,
) -> int:
    """Try settings for every arm of a study on validation images; its runs then have the best.

    Example: `thumblab study search studies/search.toml`

    Each arm gets as many trials, with a seed that no run has. Trials that are over are kept, and started
    again several times it searches in as many processes. It takes Optuna: pip install 'thumblab[search]'.

    Args:
        file: Study file with a [search].
        options: Which study, and where its runs lie.
        storage: Database for trials of several machines, such as postgresql://user@host/name; a file
            of SQLite beside the study's lock unless given.
        json: Print the result as JSON.
    """
    from thumblab.study import read_lock

    options = options or StudyOptions()
    study = options.read(file)
    with stopping() as stop:
        make_trials(study, options, stop, storage)
    lock = read_lock(study, options.folder)
    found = None if lock is None else lock.searched
    values = {"study": study.name, "search": found}
    answer(values, _to_text(study, found, file), as_json=json)
    return stop.exit_code


def _to_text(study: Study, found: Mapping[str, Any] | None, file: Path) -> str:
    if found is None:
        return f"the search of {study.name} is not done; thumblab study search {file} goes on"
    each = [(arm.name, found["arms"][arm.name]) for arm in study.each]
    rows = [
        (
            name,
            str(own["trials"]),
            str(own["pruned"]),
            str(own["diverged"] + own["failed"]),
            percent(own["accuracy"]),
            ", ".join(f"{path}={value}" for path, value in own["settings"].items()),
        )
        for name, own in each
    ]
    heads = ("arm", "trials", "stopped early", "not trained", "best", "settings")
    return "\n".join(
        [
            table(heads, rows),
            f"seed {found['seed']}, {found['part']} images; the best of many trials is partly luck, "
            "so it is no result",
            f"next: thumblab study run {file}",
        ]
    )
