"""``--resume`` where nothing can be resumed: what the nearest run is, and in what it differs."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thumblab.experiment import Experiment
    from thumblab.experiment.differences import Sides
    from thumblab.runs import Run

MOST = 5
"""Settings that are named."""


def warn_nothing_to_resume(experiment: Experiment, fingerprint: str, runs: Path) -> None:
    """Warns if ``--resume`` finds no run of ``experiment``, whatever is left of it."""
    if text := nothing_to_resume(experiment, fingerprint, runs):
        warnings.warn(text, stacklevel=2)


def nothing_to_resume(experiment: Experiment, fingerprint: str, runs: Path) -> str | None:
    """What to tell of ``--resume``; None where the run has been begun."""
    from thumblab.runs import find_runs

    if (runs / experiment.key(fingerprint)[:12] / "experiment.json").exists():
        return None
    begin = "there is nothing to resume, and training begins at the start"
    near = min(_compared(experiment, find_runs(runs)), key=lambda each: each[0], default=None)
    if near is None:
        return f"{begin}: no run of this model is in {runs}"
    _, run, found = near
    return f"{begin}: the nearest run, {run.folder}, {_to_text(run, found, fingerprint)}"


def _compared(experiment: Experiment, runs: Iterable[Run]) -> Iterable[tuple[Any, Run, Sides]]:
    """Runs of the same model and data set, and in what they differ; the fewer the smaller the first."""
    from thumblab.core.errors import ThumblabError
    from thumblab.experiment.differences import differences

    for place, run in enumerate(runs):
        try:
            found, over = differences(experiment, run.experiment), run.status == "done"
        except ThumblabError:  # damaged, or of code that is not trusted here
            continue
        if not {"model", "data"} & set(found):
            yield (len(found), over, -place), run, found


def _to_text(run: Run, found: Sides, fingerprint: str) -> str:
    if not found:
        return f"has these settings, but {_other(run, fingerprint)}"
    named = [
        f"{name} ({_formatted(its)}, not {_formatted(mine)})" for name, (mine, its) in found.items()
    ]
    more = f" and {len(named) - MOST} more" if len(named) > MOST else ""
    text = f"differs in {', '.join(named[:MOST])}{more}"
    mine, its = found.get("epochs", (0, 0))
    if mine > its and run.status == "done":
        text += (
            ". For more epochs than it has had, start from its weights with --init-from "
            f"pretrained:path={run.folder}: its learning rate has come to its end, so that is not what a "
            "longer run would have done"
        )
    return text


def _other(run: Run, fingerprint: str) -> str:
    """What beside its settings names a run."""
    from thumblab.experiment.experiment import ENGINE_VERSION

    if run.about["fingerprint"] != fingerprint:
        return "its data had other contents"
    if run.about.get("engine", ENGINE_VERSION) != ENGINE_VERSION:
        return "another version of thumblab computes other numbers"
    return "the code of your own that it names was another"


def _formatted(value: Any) -> str:
    from thumblab.config import format_value
    from thumblab.core.annotations import shown

    text = format_value(value)
    return text if len(text) < 60 else shown(text)
