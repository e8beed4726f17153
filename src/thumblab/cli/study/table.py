"""``thumblab study table``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from thumblab.cli.options import OUTPUT, Json
from thumblab.cli.output import answer as print_answer
from thumblab.cli.output import say
from thumblab.cli.study.options import StudyOptions


def table(
    file: Path,
    /,
    *,
    output: Annotated[Path, OUTPUT],
    options: StudyOptions | None = None,
    json: Json = False,
) -> int:
    """Write the table of a study's arms for a paper: Markdown, LaTeX, CSV or JSON.

    Example: `thumblab study table studies/demo.toml -o demo.tex`

    Args:
        file: Study file.
        output: The file; its suffix is .md, .tex, .csv or .json.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.report.study.rows import rows_of
    from thumblab.report.tables import write_table
    from thumblab.storage.delivery import check_output
    from thumblab.study import answer

    options = options or StudyOptions()
    check_output(output, "--output")
    study = options.read(file)
    say(f"judging and auditing {study.name}")
    found = answer(study, runs=options.folder, root=options.from_)
    values = {"table": str(output), "bytes": write_table(rows_of(found), output)}
    print_answer(values, f"table {output}", as_json=json)
    return 0
