"""``thumblab train``."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from thumblab.cli.completion import EXPERIMENT
from thumblab.cli.options import ExperimentOptions, From, Json, find_plan, read_data, skipping
from thumblab.cli.output import answer, percent
from thumblab.cli.training import RunOptions

if TYPE_CHECKING:
    from thumblab.config import Plan
    from thumblab.data import Dataset
    from thumblab.experiment import Experiment
    from thumblab.runs import Run


def train(
    model: Annotated[str | None, EXPERIMENT] = None,
    /,
    *,
    options: ExperimentOptions | None = None,
    kept: RunOptions | None = None,
    from_: From = None,
    workers: int | None = None,
    plan: Path | None = None,
    resume: bool = False,
    download: bool = False,
    skip_bad: bool = False,
    json: Json = False,
) -> int:
    """Train a network and store the run in a folder.

    Example: `thumblab train vgg_like --data cifar10 --epochs 3 --augment flip+crop:pad=4`

    Example: `thumblab train recipe:cifar10-94 --from FOLDER`

    Args:
        model: Model such as vgg_like, an experiment file (.toml), or recipe:NAME; options override the file.
        options: What identifies the run.
        kept: Where the run is kept, and what it is called.
        from_: Folder or archive that holds the data files.
        workers: Workers of the NumPy engine, each computing a shard of every batch; one per core by default.
        plan: Kernel plan, a file written by `thumblab tune`.
        resume: Resume an interrupted run; the result is bit-identical to that of an uninterrupted one.
        download: Download the data first.
        skip_bad: Skip pictures that cannot be read; environment.json lists them.
        json: Print the result as JSON.
    """
    from thumblab.cli.resuming import warn_nothing_to_resume
    from thumblab.cli.training import Where, train_shown
    from thumblab.data import check
    from thumblab.runs.kernel_plan import read_plan

    runs, naming = (kept or RunOptions()).found()
    planned = find_plan(model, options, workers)
    kernels = None if plan is None else read_plan(plan)
    experiment, dataset = _read(planned, from_, fetch=download, skip_bad=skip_bad)
    if resume:
        warn_nothing_to_resume(experiment, dataset.fingerprint, runs)
    where = Where(runs, workers, resume, kernels, naming)
    outcome = train_shown(experiment, dataset, where, check(dataset))
    values = _to_json(outcome.run)
    if json or values["status"] == "done":
        answer(values, "" if json else _to_text(values), as_json=json)
    return outcome.exit_code


def _read(
    planned: Plan, root: Path | None, *, fetch: bool, skip_bad: bool
) -> tuple[Experiment, Dataset]:
    """The experiment, and its data without what may be left out."""
    data = skipping(planned.draft.data, skip_bad)
    dataset = read_data(data, root, fetch=fetch)
    planned = replace(planned, draft=replace(planned.draft, data=data))
    return planned.experiment(dataset), dataset


def _to_json(run: Run) -> dict[str, Any]:
    result = run.result or {}
    return {
        "run": str(run.folder),
        "train_on": result.get("train_on"),
        "restore_best": result.get("restore_best"),
        "weights_epoch": result.get("weights_epoch"),
        "validation_accuracy": result.get("validation_accuracy"),
        "validation_images": result.get("validation_images"),
        "accuracy_interval": result.get("accuracy_interval"),
        "chance_accuracy": result.get("chance_accuracy"),
        "versus_chance": result.get("versus_chance"),
        "tta": _spelled_tta(run, result),
        "validation_tta_accuracy": result.get("validation_tta_accuracy"),
        "test_accuracy": run.test_accuracy,
        "seconds": result.get("train_seconds"),
        "images_per_second": result.get("images_per_second"),
        "status": run.status,
        "reason": result.get("reason"),
    }


def _spelled_tta(run: Run, result: dict[str, Any]) -> str | None:
    """The test-time augmentation of the validation images, as the command line has it."""
    from thumblab.config import format_value

    seen = "validation_tta_accuracy" in result
    return format_value(run.experiment.tta) if seen and run.experiment.tta else None


def _epoch(restored: str | None) -> str:
    """Which epoch's weights these are."""
    if restored in (None, "best"):
        return f"{restored or 'last'} epoch"
    return f"epoch of the best {restored.replace('_', ' ')}"


def _sure(values: dict[str, Any]) -> str:
    """How far the accuracy may lie beside the truth, and whether guessing does as well."""
    low, high = values["accuracy_interval"]
    text = f"{100 * low:.2f} to {percent(high)}, of {values['validation_images']:,} images"
    if values["versus_chance"] != "better than guessing":
        text += f"; {values['versus_chance']}, which gets {percent(values['chance_accuracy'])}"
    return text


def _to_text(values: dict[str, Any]) -> str:
    trained_on = " of images that were trained on" if values["train_on"] == "all" else ""
    tta = ""
    if values["validation_tta_accuracy"] is not None:
        tta = f"; {percent(values['validation_tta_accuracy'])} with TTA {values['tta']}"
    rows = [
        ("run", values["run"]),
        ("weights", f"of the {_epoch(values['restore_best'])}, number {values['weights_epoch']}"),
        (
            "validation accuracy",
            f"{percent(values['validation_accuracy'])}{trained_on}{tta}",
        ),
        ("test accuracy", f"thumblab evaluate {shlex.quote(values['run'])}"),
        ("training", f"{values['seconds']:.1f} s, {values['images_per_second']:,.0f} images/s"),
    ]
    if values["test_accuracy"] is not None:
        rows[3] = ("test accuracy", percent(values["test_accuracy"]))
    if values["validation_images"] and values["accuracy_interval"]:
        rows.insert(3, ("95 % interval", _sure(values)))
    if values["reason"] is not None:
        rows.insert(1, ("ended", values["reason"]))
    return "\n".join(f"{name:20} {value}" for name, value in rows)
