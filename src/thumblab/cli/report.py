"""``thumblab report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from thumblab.cli.completion import RunPath
from thumblab.cli.options import Data, From, Json, Output, Trust, open_run, read_data_of
from thumblab.cli.output import answer, say
from thumblab.cli.study.options import StudyOptions
from thumblab.cli.study.report import report as report_study


def report(
    run: RunPath,
    /,
    *,
    output: Output = None,
    data: Data = None,
    from_: From = None,
    open_: Annotated[bool, Parameter(name="--open")] = False,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Write an HTML report of a run: one self-contained file, readable offline.

    Test images are shown only if the run has been evaluated on them; the report itself evaluates nothing.

    Example: `thumblab report runs/0123456789ab -o page.html --open`

    Example: `thumblab report studies/demo.toml -o demo.html`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last; unfinished and diverged runs work
            too. Or a study file, for the report of a study.
        output: HTML file; by default report.html in the run folder.
        data: Where the data set of the run is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        open_: Open the report in the browser.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.report import write_page
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    if run.suffix == ".toml":
        page = Path("study.html") if output is None else output
        return report_study(run, options=StudyOptions(from_=from_), output=page, json=json)
    opened = open_run(run, trust=trust)
    page = opened.folder / "report.html" if output is None else output
    written = write_page(opened, page, read_data_of(opened, from_, data), say)
    values = {"run": str(opened.folder), "report": str(page), "bytes": written}
    answer(values, f"report {page}", as_json=json)
    if open_:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0
