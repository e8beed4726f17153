"""``thumblab study store``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from thumblab.cli.options import OUTPUT, Json
from thumblab.cli.output import answer as print_answer
from thumblab.cli.output import say
from thumblab.cli.study.options import StudyOptions


def store(
    file: Path,
    /,
    *,
    output: Annotated[Path, OUTPUT],
    options: StudyOptions | None = None,
    json: Json = False,
) -> int:
    """Write what others need to judge a study again: lock, hits, curves, verdict, audit; no weights.

    Example: `thumblab study store studies/demo.toml -o results/studies/demo`

    Args:
        file: Study file.
        output: Folder to write into.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.study import answer, store_answer

    options = options or StudyOptions()
    study = options.read(file)
    say(f"judging and auditing {study.name}")
    store_answer(answer(study, runs=options.folder, root=options.from_), output)
    print_answer({"study": study.name, "output": str(output)}, f"{output}", as_json=json)
    return 0
