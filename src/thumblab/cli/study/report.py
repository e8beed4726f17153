"""``thumblab study report``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal

from thumblab.cli.options import OUTPUT, Json
from thumblab.cli.output import answer as print_answer
from thumblab.cli.output import say
from thumblab.cli.study.options import StudyOptions


def report(
    file: Path,
    /,
    *,
    output: Annotated[Path, OUTPUT] = Path("study.html"),
    options: StudyOptions | None = None,
    language: Literal["en", "ko"] = "en",
    json: Json = False,
) -> int:
    """Write everything there is to see of a study into one page that needs no network.

    Example: `thumblab study report studies/demo.toml -o demo.html`

    Args:
        file: Study file.
        output: The page.
        options: Which study, and where its runs lie.
        language: Of the page: en for English, ko for Korean.
        json: Print the result as JSON.
    """
    from thumblab.report.study import page_of, write_study_page
    from thumblab.storage.delivery import check_output
    from thumblab.study import answer

    options = options or StudyOptions()
    check_output(output, "--output")
    study = options.read(file)
    say(f"judging and auditing {study.name}")
    found = answer(study, runs=options.folder, root=options.from_)
    page = page_of(found, commands=[shlex.join(command) for command in options.commands(file)])
    size = write_study_page(page, output, language=language)
    values = {"page": str(output), "bytes": size, "sentence": found.verdict.sentence}
    print_answer(values, f"page {output}", as_json=json)
    return 0
