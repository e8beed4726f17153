"""``thumblab report``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from thumblab.cli.completion import RunPath
from thumblab.cli.options import Data, From, Json, Output, Trust, open_run, read_data_of
from thumblab.cli.output import answer, say


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
    """Write everything there is to see of a run into one page that needs no network.

    It shows test images only of a run that has been evaluated on them; it logs no evaluation.

    Example: `thumblab report runs/0123456789ab -o page.html --open`

    Args:
        run: Run folder, its name, the beginning of that, or @last; one that is unfinished or has
            diverged too.
        output: The HTML file; report.html in the run folder unless given.
        data: The data that the run was trained on, if they are called otherwise now, as a moved folder is.
        from_: Folder or archive with the data's files.
        open_: Open the page in the browser.
        trust: Execute the code of its own that a run was trained with; it is remembered.
        json: Print one JSON value.
    """
    from thumblab.report import write_page
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    opened = open_run(run, trust=trust)
    page = opened.folder / "report.html" if output is None else output
    written = write_page(opened, page, read_data_of(opened, from_, data), say)
    values = {"run": str(opened.folder), "report": str(page), "bytes": written}
    answer(values, f"report {page}", as_json=json)
    if open_:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0
