"""``thumblab study status``."""

from __future__ import annotations

from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer, percent, table
from thumblab.cli.study.options import StudyOptions


def status(file: Path, /, *, options: StudyOptions | None = None, json: Json = False) -> int:
    """List the runs of a study: done, running, failed, missing.

    Example: `thumblab study status studies/demo.toml`

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.study import counts
    from thumblab.study import status as look

    options = options or StudyOptions()
    study = options.read(file)
    every, found = look(study, options.folder), counts(study, options.folder)
    heads = ("arm", "seed", "run", "status", "epochs", "validation")
    rows = [
        (each.arm, str(each.seed), each.name, each.note, str(each.epochs), percent(each.accuracy))
        for each in every
    ]
    lines = [table(heads, rows)] if rows else []
    lines.append(f"{found.done} of {found.cells} runs done")
    if study.search is not None and not rows:
        lines.append(f"its settings are searched first: thumblab study search {file}")
    text = "\n".join(lines)
    values = found.to_json() | {"runs": [each.to_json() for each in every]}
    answer(values, text, as_json=json)
    return 0
