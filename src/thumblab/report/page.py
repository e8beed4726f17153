"""The page of one run: a single HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from thumblab.core.describe import summary
from thumblab.core.errors import DataError
from thumblab.data import Dataset
from thumblab.report import headline
from thumblab.report.class_table import class_table
from thumblab.report.confused import matrix_data, pair_cards
from thumblab.report.curves import curves
from thumblab.report.embed import environment, finite, plotly
from thumblab.report.judged import Judged, judged
from thumblab.report.pictures import Album, worst
from thumblab.training import Run, files

GALLERY = 48
"""Images of the gallery of worst losses."""


def write_page(run: Run, path: Path, dataset: Dataset) -> None:
    """Writes everything there is to see of a run into one HTML file.

    Pictures and scores are of the test images if the run has been evaluated on them, else of its
    validation images, and the page says which. A run that is unfinished or has diverged gets a page
    too, of what it has.

    Args:
        run: What to show.
        path: The file; replaced whole or not at all.
        dataset: The data the run was trained on.

    Raises:
        DataError: If ``dataset`` is not the run's.
        RunError: If the run folder is damaged.
        WriteError: If the file cannot be written.
    """
    files.write(path, render(run, dataset).encode("utf-8", "replace"), name="page")


def render(run: Run, dataset: Dataset) -> str:
    """The page as text."""
    if run.about["fingerprint"] != dataset.fingerprint:
        raise DataError(
            f"{run.folder} was trained on other data than the {dataset.name} given; "
            "give the data it was trained on"
        )
    found = judged(run, dataset)
    return (
        environment()
        .get_template("page.html")
        .render(
            **_about(run, dataset),
            results=headline.results(run, found),
            costs=headline.costs(run),
            curves=curves(run),
            architecture=summary(run.experiment.model, dataset.shape),
            plotly=plotly(),
            **_judged(found),
        )
    )


def _about(run: Run, dataset: Dataset) -> dict[str, Any]:
    result = run.result or {}
    return {
        "model": run.experiment.label or result.get("model") or type(run.experiment.model).__name__,
        "data": dataset.name,
        "classes": len(dataset.classes),
        "shape": dataset.shape,
        "status": run.status,
        "reason": result.get("reason"),
        "key": run.about["key"],
        "train_on": run.experiment.train_on,
        "epochs": run.experiment.epochs,
        "environment": headline.surroundings(run),
        "experiment": json.dumps(run.about["experiment"], indent=2, ensure_ascii=False),
    }


def _judged(found: Judged | None) -> dict[str, Any]:
    if found is None:
        return {"judged": None, "album": None, "page_data": None}
    album = Album(found) if found.has_pictures else None
    matrix = matrix_data(found)
    named = set(matrix["shown"])
    data = {
        "matrix": matrix,
        "names": {index: found.classes[index] for index in sorted(named)},
        "album": album and album.data(),
    }
    return {
        "judged": found,
        "album": album,
        "page_data": finite(data),
        "matrix": matrix,
        "measures": headline.measures(found),
        "pairs": pair_cards(found, album),
        "table": class_table(found),
        "worst": album.of(worst(found, GALLERY)) if album else [],
    }
