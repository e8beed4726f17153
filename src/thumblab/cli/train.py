"""``thumblab train``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.cli.options import ExperimentOptions, From, Json, find_plan, read_data, skipping
from thumblab.cli.output import answer, percent

if TYPE_CHECKING:
    from thumblab.config import Plan
    from thumblab.data import Dataset
    from thumblab.experiment import Experiment
    from thumblab.runs import Run


def train(
    file: Path | None = None,
    /,
    *,
    options: ExperimentOptions | None = None,
    runs: Path = Path("runs"),
    from_: From = None,
    shards: int | None = None,
    plan: Path | None = None,
    resume: bool = False,
    download: bool = False,
    skip_bad: bool = False,
    json: Json = False,
) -> int:
    """Train a network; what is left on disk is a run folder.

    Example: `thumblab train --data cifar10 --model vgg_like --epochs 3 --augment flip+crop:pad=4`

    Example: `thumblab train experiment.toml --seed 1`

    Args:
        file: Experiment in TOML, with the options below as keys; an option given beside it wins.
        options: What identifies the run.
        runs: Folder of run folders.
        from_: Folder or archive with the data's files.
        shards: Parts of a batch that NumPy computes side by side; as many as cores unless given.
        plan: File of `thumblab tune` that says which kernel convolves what; a fixed table unless given. A
            run keeps the plan it was begun with.
        resume: Continue a run that was stopped; it ends bit for bit as if it had not been.
        download: Fetch the data first.
        skip_bad: Leave out pictures that cannot be used; the run's environment.json lists them.
        json: Print one JSON value.
    """
    from thumblab.cli.resuming import tell_nothing_to_resume
    from thumblab.cli.training import Where, train_shown
    from thumblab.data import check
    from thumblab.runs.kernel_plan import read_plan

    planned = find_plan(file, options, shards)
    kernels = None if plan is None else read_plan(plan)
    experiment, dataset = _read(planned, from_, fetch=download, skip_bad=skip_bad)
    if resume:
        tell_nothing_to_resume(experiment, dataset.fingerprint, runs)
    outcome = train_shown(experiment, dataset, Where(runs, shards, resume, kernels), check(dataset))
    told = _told(outcome.run)
    if json:
        answer(told, "", as_json=True)
    elif told["status"] == "done":
        answer(told, _words(told), as_json=False)
    return outcome.exit_code


def _read(
    planned: Plan, root: Path | None, *, fetch: bool, skip_bad: bool
) -> tuple[Experiment, Dataset]:
    """The experiment, and its data without what may be left out."""
    data = skipping(planned.draft.data, skip_bad)
    dataset = read_data(data, root, fetch=fetch)
    planned = replace(planned, draft=replace(planned.draft, data=data))
    return planned.experiment(dataset), dataset


def _told(run: Run) -> dict[str, Any]:
    result = run.result or {}
    return {
        "run": str(run.folder),
        "train_on": result.get("train_on"),
        "keep": result.get("keep"),
        "kept_epoch": result.get("kept_epoch"),
        "validation_accuracy": result.get("validation_accuracy"),
        "validation_images": result.get("validation_images"),
        "accuracy_interval": result.get("accuracy_interval"),
        "guessing_accuracy": result.get("guessing_accuracy"),
        "beside_guessing": result.get("beside_guessing"),
        "views": _spelt_views(run, result),
        "validation_views_accuracy": result.get("validation_views_accuracy"),
        "test_accuracy": run.test_accuracy,
        "seconds": result.get("train_seconds"),
        "images_per_second": result.get("images_per_second"),
        "status": run.status,
        "reason": result.get("reason"),
    }


def _spelt_views(run: Run, result: dict[str, Any]) -> str | None:
    """The views of the validation images, as the command line spells them."""
    from thumblab.config import spell

    seen = "validation_views_accuracy" in result
    return spell(run.experiment.views) if seen and run.experiment.views else None


def _kept(keep: str | None) -> str:
    """Which epoch's weights these are."""
    if keep in ("last", "best"):
        return f"{keep} epoch"
    return f"epoch of the best {str(keep).replace('_', ' ')}"


def _sure(told: dict[str, Any]) -> str:
    """How far the accuracy may lie beside the truth, and whether guessing does as well."""
    low, high = told["accuracy_interval"]
    words = f"{100 * low:.2f} to {percent(high)}, of {told['validation_images']:,} images"
    if told["beside_guessing"] != "better than guessing":
        words += f"; {told['beside_guessing']}, which gets {percent(told['guessing_accuracy'])}"
    return words


def _words(told: dict[str, Any]) -> str:
    trained_on = " of images that were trained on" if told["train_on"] == "all" else ""
    views = ""
    if told["validation_views_accuracy"] is not None:
        views = f"; {percent(told['validation_views_accuracy'])} under {told['views']}"
    rows = [
        ("run", told["run"]),
        ("weights", f"of the {_kept(told['keep'])}, number {told['kept_epoch']}"),
        (
            "validation accuracy",
            f"{percent(told['validation_accuracy'])}{trained_on}{views}",
        ),
        ("test accuracy", f"thumblab evaluate {told['run']}"),
        ("training", f"{told['seconds']:.1f} s, {told['images_per_second']:,.0f} images/s"),
    ]
    if told["test_accuracy"] is not None:
        rows[3] = ("test accuracy", percent(told["test_accuracy"]))
    if told["validation_images"] and told["accuracy_interval"]:
        rows.insert(3, ("95 % interval", _sure(told)))
    if told["reason"] is not None:
        rows.insert(1, ("ended", told["reason"]))
    return "\n".join(f"{name:20} {value}" for name, value in rows)
