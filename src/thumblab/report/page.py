"""The page of one run: a single HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from thumblab.core.errors import ThumblabError
from thumblab.core.summary import summary
from thumblab.data import Dataset
from thumblab.data.pipeline.mixing import Mixing
from thumblab.evaluation.compatible import check_trained_on
from thumblab.evaluation.cost import cost
from thumblab.evaluation.mapping import judged_mappings
from thumblab.evaluation.overfitting import overfit
from thumblab.evaluation.scored import Scored, scored
from thumblab.report import headline
from thumblab.report.calibrated import calibrated
from thumblab.report.class_table import class_table
from thumblab.report.cloud import cloud
from thumblab.report.confusable import group_cards
from thumblab.report.confused import matrix_data, pair_cards
from thumblab.report.curves import curves
from thumblab.report.drawing import draw
from thumblab.report.embed import environment, finite, plotly, svg_uri
from thumblab.report.own_groups import own_groups
from thumblab.report.part_matrices import part_matrices
from thumblab.report.pictures import LEADING, Album, typical, worst
from thumblab.report.question import question
from thumblab.report.told_apart import told_apart
from thumblab.runs import Run
from thumblab.storage.delivery import deliver

SCORED = ("scored", "album", "page_data", "parts", "mapped", "no_map", "worst", "typical")
"""What a page of a run without scored images lacks."""

T = TypeVar("T")
Say = Callable[[str], object]

GALLERY = 48
"""Images of the gallery of worst losses."""


def write_page(run: Run, path: Path | str, dataset: Dataset, say: Say = lambda text: None) -> int:
    """Writes everything there is to see of a run into one HTML file.

    Pictures and scores are of the test images if the run has been evaluated on them, else of its
    validation images, and the page says which; it logs no evaluation. A run that is unfinished
    or has diverged gets a page too, of what it has.

    Args:
        run: What to show.
        path: The file; replaced whole or not at all.
        dataset: The data the run was trained on.
        say: Called with what the page waits for.

    Returns:
        How many bytes it has.

    Raises:
        DataError: If ``dataset`` is not the run's.
        RunError: If the run folder is damaged.
        WriteError: If the file cannot be written.
    """
    content = render(run, dataset, say).encode("utf-8", "replace")
    deliver(Path(path), content, name="page")
    return len(content)


def render(run: Run, dataset: Dataset, say: Say = lambda text: None) -> str:
    """The page as text."""
    check_trained_on(run, dataset)
    found = scored(run, dataset)
    return (
        environment()
        .get_template("page.html")
        .render(
            **_about(run, dataset),
            question=question(run, dataset),
            results=headline.results(run, found),
            made=headline.made(run),
            curves=curves(run),
            apart=_apart(run),
            **_architecture(run, dataset),
            **_scored(run, dataset, found, say),
            **_asked(run, dataset, found, say),
            plotly=plotly(),
        )
    )


def _about(run: Run, dataset: Dataset) -> dict[str, Any]:
    result, surroundings = run.result or {}, headline.surroundings(run)
    model = run.experiment.label or result.get("model") or type(run.experiment.model).__name__
    name, _, arguments = model.partition(":")
    return {
        "model": name,
        "arguments": arguments.split(","),
        "data": dataset.name,
        "classes": len(dataset.classes),
        "shape": dataset.shape,
        "status": run.status,
        "reason": result.get("reason"),
        "key": run.about["key"],
        "train_on": run.experiment.train_on,
        "loss": str(run.experiment.loss),
        "mixes": any(isinstance(each, Mixing) for each in run.experiment.augment),
        "epochs": run.experiment.epochs,
        "environment": surroundings,
        "command": _command(surroundings.get("command", [])),
        "experiment": json.dumps(run.about["experiment"], indent=2, ensure_ascii=False),
    }


def _command(text: list[str]) -> str:
    """The command as a shell takes it."""
    if text[:1] == ["__main__.py"]:
        text = ["python", "-m", "thumblab", *text[1:]]
    return shlex.join(text)


def _apart(run: Run) -> list[headline.Fact]:
    found = overfit(run) if run.status == "done" else None
    return headline.apart(found) if found else []


def _architecture(run: Run, dataset: Dataset) -> dict[str, Any]:
    model = run.experiment.model
    name = run.experiment.label or type(model).__name__
    return {
        "architecture": summary(model, dataset.shape),
        "drawing": svg_uri(draw(model, dataset.shape, name)),
    }


def _scored(run: Run, dataset: Dataset, found: Scored | None, say: Say) -> dict[str, Any]:
    """What the network said of each scored image, seen in every way."""
    if found is None:
        return dict.fromkeys(SCORED)
    say(f"evaluating {len(found):,} {found.which} images")
    album = Album(found) if found.has_pictures else None
    grouping = own_groups(dataset, found.classes)
    matrix, calibration = matrix_data(found, grouping), calibrated(run, found)
    parts = part_matrices(found, grouping)
    data = {
        "matrix": matrix,
        "names": {index: found.classes[index] for index in sorted(matrix["shown"])},
        "album": album and album.data(),
        "parts": parts,
        "calibration": calibration.bins,
    }
    if grouping:
        say(f"mapping {len(grouping.groups)} classes to {len(grouping.names)} groups")
    mapped, no_map = _attempt(lambda: grouping and judged_mappings(run, grouping))
    return {
        "scored": found,
        "album": album,
        "page_data": finite(data),
        "matrix": matrix,
        "parts": [part["name"] for part in parts],
        "measures": headline.measures(found),
        "pairs": pair_cards(found, album),
        "confusable": group_cards(found, album),
        "table": class_table(found),
        "calibration": calibration,
        "mapped": mapped,
        "no_map": no_map,
        "worst": album.of(worst(found, GALLERY)) if album else [],
        "typical": album.of(typical(found, LEADING)) if album else [],
    }


def _asked(run: Run, dataset: Dataset, found: Scored | None, say: Say) -> dict[str, Any]:
    """What only the network itself can tell: its features, and what it costs to ask."""
    if run.status != "done":
        return {
            "cloud": None,
            "no_cloud": "",
            "cloud_data": None,
            "costs": headline.costs(run, None),
        }
    say("computing features before and after training")
    shown, no_cloud = _attempt(lambda: cloud(run, dataset, told_apart(dataset, found)))
    say("timing the network")
    asked, _ = _attempt(lambda: cost(run))
    return {
        "cloud": shown,
        "no_cloud": no_cloud,
        "cloud_data": shown and shown.data,
        "costs": headline.costs(run, asked),
    }


def _attempt(make: Callable[[], T]) -> tuple[T | None, str]:
    """What ``make`` makes, or why it cannot: one figure less is no reason for no page.

    A ``ValueError`` is an analysis that has too few images.
    """
    try:
        return make(), ""
    except (ThumblabError, ValueError) as error:
        return None, str(error)
