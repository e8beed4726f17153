"""``thumblab figure``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from thumblab.cli.completion import RunPath
from thumblab.cli.options import (
    OUTPUT,
    Against,
    Data,
    From,
    Json,
    Trust,
    open_run,
    read_data,
    read_data_of,
    reference,
)
from thumblab.cli.output import answer
from thumblab.cli.places import runs_folder
from thumblab.cli.study.figure import figure as figure_of_study
from thumblab.cli.study.options import StudyOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from thumblab.data import Dataset
    from thumblab.report.figures import Size
    from thumblab.runs import Run

Kind = Literal["curves", "confusion", "class-counts", "mapping", "pca", "forest"]


def figure(
    kind: Kind,
    /,
    *run: RunPath,
    output: Annotated[Path, OUTPUT],
    size: str = "paper",
    by: str | None = None,
    against: Against = None,
    band: Literal["range", "sd"] = "range",
    data: Data = None,
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Draw a figure for a paper or a slide: SVG, PDF or PNG, the same bytes each time.

    Test images are shown only of runs that have been evaluated on them; no evaluation is logged.

    Example: `thumblab figure curves runs/* -o curves.pdf --size slide`

    Args:
        kind: Of runs: curves (a line an arm, with a band over its seeds), forest (arms against one of
            them), confusion (summed over runs), mapping (classes to groups) or pca (features before and
            after); of data: class-counts.
        run: Runs: folders, names, unique beginnings of either, or @last; or a study file.
        output: The file; its suffix is .svg, .pdf or .png.
        size: slide, paper, or inches as in 6.3x3.5.
        by: Settings that make the arms, such as optimizer, or loss,batch; found unless given.
        against: The arm of a forest that the others are compared with.
        band: Around a line: the seeds' range, or one standard deviation to both sides.
        data: Where the data set of the run is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.report.figures import write_figure

    large = _checked(output, size)
    if kind == "forest" and [each.suffix for each in run] == [".toml"]:
        found = StudyOptions(from_=from_)
        return figure_of_study(run[0], output=output, options=found, size=size, json=json)
    asked = Asked(by.split(",") if by else [], against, band, large)
    runs = [open_run(each, trust=trust) for given in run for each in _folders(given)]
    _check(kind, len(runs), data)
    dataset = None if kind == "curves" else _data(runs, from_, data)
    written = write_figure(_drawn(kind, runs, dataset, asked), output)
    values = {"kind": kind, "figure": str(output), "bytes": written}
    answer(values, f"figure {output}", as_json=json)
    return 0


class Asked(NamedTuple):
    """What is asked of a figure."""

    by: list[str]
    against: str | None
    band: Literal["range", "sd"]
    size: Size


def _checked(output: Path, size: str) -> Size:
    """The size; raises ``UsageError`` if that, or the file, cannot be."""
    from thumblab.report.figures.save import file_format
    from thumblab.report.figures.size import find_size
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    file_format(output)
    return find_size(size)


def _folders(given: Path) -> list[Path]:
    """What is given; of a study file, the runs of the study that are done."""
    from thumblab.study import read_study, status

    if given.suffix != ".toml":
        return [given]
    runs = runs_folder()
    return [runs / each.name for each in status(read_study(given), runs) if each.status == "done"]


def _check(kind: Kind, runs: int, data: str | None) -> None:
    """Raises ``UsageError`` if there are too few or too many runs for this kind."""
    from thumblab.core.errors import UsageError

    if runs == 0 and (kind != "class-counts" or data is None):
        more = ", or --data" if kind == "class-counts" else ""
        raise UsageError(f"thumblab figure {kind} has nothing to draw; give a run folder{more}")
    if runs > 1 and kind not in ("curves", "confusion", "forest"):
        raise UsageError(f"thumblab figure {kind} draws one run, and {runs} are given; give one")


def _data(runs: list[Run], root: Path | None, named: str | None) -> Dataset:
    from thumblab.config import find_source

    if runs:
        return read_data_of(runs[0], root, named)
    return read_data(find_source(named or ""), root, fetch=False)


def _drawn(kind: Kind, runs: list[Run], dataset: Dataset | None, asked: Asked) -> Figure:
    from thumblab.report.figures import from_runs

    by, against, band, size = asked
    if dataset is None:
        return from_runs.curves_of(runs, by=by, band=band, size=size)
    if kind == "forest":
        return from_runs.forest_of(
            runs, dataset, by=by, against=reference(against, runs), size=size
        )
    if kind == "class-counts":
        return from_runs.class_counts_of(dataset, size=size)
    if kind == "confusion":
        return from_runs.confusion_of(runs, dataset, size=size)
    if kind == "mapping":
        return from_runs.mapping_of(runs[0], dataset, size=size)
    return from_runs.pca_of(runs[0], dataset, size=size)
