"""``thumblab study rebuild``."""

from __future__ import annotations

from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.study.options import StudyOptions


def rebuild(file: Path, /, *, options: StudyOptions | None = None, json: Json = False) -> int:
    """Read the run folders again for the index by which status answers, study.sqlite.

    Example: `thumblab study rebuild studies/demo.toml`

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.study import rebuild_index

    options = options or StudyOptions()
    count = rebuild_index(options.read(file), options.folder)
    answer({"results": count}, f"{count} results are in the index", as_json=json)
    return 0
