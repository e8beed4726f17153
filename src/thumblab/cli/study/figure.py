"""``thumblab study figure``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from thumblab.cli.options import OUTPUT, Json
from thumblab.cli.output import answer as print_answer
from thumblab.cli.output import say
from thumblab.cli.study.options import StudyOptions


def figure(
    file: Path,
    /,
    *,
    output: Annotated[Path, OUTPUT],
    options: StudyOptions | None = None,
    size: str = "paper",
    json: Json = False,
) -> int:
    """Draw a study's forest plot for a paper or a slide: SVG, PDF or PNG.

    Example: `thumblab study figure studies/demo.toml -o demo.pdf`

    Args:
        file: Study file.
        output: The file; its suffix is .svg, .pdf or .png.
        options: Which study, and where its runs lie.
        size: slide, paper, or inches as in 6.3x3.5.
        json: Print the result as JSON.
    """
    from thumblab.report.figures import forest, write_figure
    from thumblab.report.figures.save import file_format
    from thumblab.report.figures.size import find_size
    from thumblab.storage.delivery import check_output
    from thumblab.study import answer

    options = options or StudyOptions()
    check_output(output, "--output")
    file_format(output)
    large = find_size(size)
    study = options.read(file)
    say(f"judging and auditing {study.name}")
    found = answer(study, runs=options.folder, root=options.from_)
    drawn = forest(found.verdict, size=large)
    values = {"figure": str(output), "bytes": write_figure(drawn, output)}
    print_answer(values, f"figure {output}", as_json=json)
    return 0
