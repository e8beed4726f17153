"""``thumblab report``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from cyclopts import Parameter

from thumblab.cli.completion import RunPath
from thumblab.cli.options import (
    Against,
    Data,
    From,
    Json,
    Output,
    Trust,
    open_run,
    read_data_of,
    reference,
)
from thumblab.cli.output import answer, say
from thumblab.cli.study.options import StudyOptions
from thumblab.cli.study.report import report as report_study

if TYPE_CHECKING:
    from thumblab.data import Dataset
    from thumblab.runs import Run


def report(
    run: RunPath,
    /,
    *more: RunPath,
    output: Output = None,
    by: str | None = None,
    against: Against = None,
    language: Literal["en", "ko"] = "en",
    data: Data = None,
    from_: From = None,
    open_: Annotated[bool, Parameter(name="--open")] = False,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Write an HTML report of a run, of several, or of a study: one file, readable offline.

    Several runs are compared as in a study, and the report says that nothing was declared. Test images
    are shown only if the runs have been evaluated on them; the report itself evaluates nothing.

    Example: `thumblab report runs/0123456789ab -o page.html --open`

    Example: `thumblab report studies/demo.toml -o demo.html`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last; a single run may be unfinished.
            Or a study file.
        more: Further runs of the same data.
        output: HTML file; by default report.html in the folder of a single run.
        by: Settings that make the arms, such as optimizer, or loss,batch; found unless given.
        against: The arm that the others are compared with.
        language: Of the report of several runs or a study: en for English, ko for Korean.
        data: Where the data set of the run is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        open_: Open the report in the browser.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    if run.suffix == ".toml":
        page, options = output or Path("study.html"), StudyOptions(from_=from_)
        code = report_study(run, options=options, output=page, language=language, json=json)
    else:
        runs = Runs((run, *more), data, from_, trust)
        code, page = _of_runs(runs, output, Arms(by, against, language), as_json=json)
    if open_:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return code


class Runs(NamedTuple):
    """Which runs are reported, and where their data lie."""

    folders: Sequence[Path]
    data: str | None
    root: Path | None
    trust: bool


class Arms(NamedTuple):
    """What is asked of the report of several runs."""

    by: str | None
    against: str | None
    language: Literal["en", "ko"]


def _of_runs(asked: Runs, output: Path | None, arms: Arms, *, as_json: bool) -> tuple[int, Path]:
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    runs = [open_run(folder, trust=asked.trust) for folder in asked.folders]
    dataset = read_data_of(runs[0], asked.root, asked.data)
    alone = len(runs) == 1
    page = output or (runs[0].folder if alone else Path()) / "report.html"
    written = _write(runs, dataset, page, arms)
    folders = [str(run.folder) for run in runs]
    values = {"run": folders[0]} if alone else {"runs": folders}
    answer(values | {"report": str(page), "bytes": written}, f"report {page}", as_json=as_json)
    return 0, page


def _write(runs: list[Run], dataset: Dataset, page: Path, arms: Arms) -> int:
    if len(runs) == 1:
        from thumblab.report import write_page

        return write_page(runs[0], page, dataset, say)
    from thumblab.report.study import page_of_runs, write_study_page

    by, against, language = arms.by.split(",") if arms.by else [], arms.against, arms.language
    found = page_of_runs(
        runs, dataset, by=by, against=reference(against, runs), language=language, say=say
    )
    return write_study_page(found, page, language=language)
