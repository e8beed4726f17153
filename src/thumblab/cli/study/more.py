"""``thumblab study more``."""

from __future__ import annotations

from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.study.options import StudyOptions


def more(
    file: Path, count: int, /, *, options: StudyOptions | None = None, json: Json = False
) -> int:
    """Ask for more seeds of every arm; where a verdict was printed, only up to a declared look.

    Example: `thumblab study more studies/demo.toml 3`

    Args:
        file: Study file.
        count: Seeds to add.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.study import more_seeds

    options = options or StudyOptions()
    lock = more_seeds(options.read(file), count, runs=options.folder)
    text = f"{lock.count} seeds of each arm; next: thumblab study run {file}"
    answer({"seeds": lock.count}, text, as_json=json)
    return 0
