"""``thumblab cross``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from thumblab.cli.completion import RunPath
from thumblab.cli.options import From, Json, Trust, open_run, read_data, read_data_of
from thumblab.cli.output import answer, percent, say, table
from thumblab.cli.stopping import until_stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thumblab.evaluation.cross import Cell, CellMean


def cross(
    run: RunPath,
    /,
    *more: RunPath,
    data: Annotated[list[str], Parameter(negative="")],
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Test networks on each other's data sets, and count the test images that they were trained on.

    Classes that both name are compared; EMNIST's 62 classes are merged to 47 where the data have 47. Runs
    that differ only in their seed are averaged. Every cell is a logged evaluation on the test set.

    Example: `thumblab cross runs/* --data emnist:split=byclass --data emnist:split=bymerge`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last.
        more: More runs.
        data: Data set to test on; repeat for several.
        from_: Folder or archive that holds the files of all data sets.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.config import find_source
    from thumblab.evaluation.arms import names_of
    from thumblab.evaluation.cross import cell_means
    from thumblab.evaluation.cross import cross as cells

    runs = [open_run(folder, trust=trust) for folder in (run, *more)]
    tests = [read_data(find_source(name), from_, fetch=False) for name in data]
    known = {test.fingerprint: test for test in tests}
    for each in runs:
        if each.about["fingerprint"] not in known:
            known[each.about["fingerprint"]] = read_data_of(each, from_)
    own = [known[run.about["fingerprint"]] for run in runs]
    found = []
    with until_stopped() as ending:
        for cell in cells(runs, own, tests):
            say(_line(cell))
            found.append(cell)
    if ending.code:
        say(f"stopped after {len(found)} cells")
    means = cell_means(found)
    arms = {str(run.folder): name for run, name in zip(runs, names_of(runs), strict=True)}
    named = {cell.experiment: arms[cell.network] for cell in found}
    values = {**_to_json(found, means), "arms": arms, **ending.partial}
    answer(values, _to_text(means, named), as_json=json)
    return ending.code


def _to_json(found: list[Cell], means: tuple[CellMean, ...]) -> dict[str, Any]:
    return {"cells": [asdict(cell) for cell in found], "means": [asdict(mean) for mean in means]}


def _line(cell: Cell) -> str:
    return (
        f"{cell.network} trained on {cell.trained_on}, tested on {cell.tested_on}: "
        f"{percent(cell.accuracy)} of {cell.images:,}, {cell.seen:,} of them trained on"
    )


def _to_text(means: tuple[CellMean, ...], arms: Mapping[str, str]) -> str:
    """A row a mean; ``arms`` names the networks by what they differ in."""
    heads = (
        "trained on",
        "tested on",
        "classes",
        "runs",
        "accuracy",
        "spread",
        "macro F1",
        "weighted F1",
        "trained on test images",
        "accuracy on the others",
        "seconds",
    )
    rows = [
        (
            f"{mean.trained_on} {arms[mean.experiment]}".rstrip(),
            mean.tested_on,
            str(mean.classes),
            str(mean.runs),
            percent(mean.accuracy),
            percent(mean.spread),
            f"{mean.f1_macro:.4f}",
            f"{mean.f1_weighted:.4f}",
            percent(mean.seen),
            percent(mean.unseen_accuracy),
            f"{mean.seconds:.2f}",
        )
        for mean in means
    ]
    return table(heads, rows)
