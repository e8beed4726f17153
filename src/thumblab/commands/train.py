"""``thumblab train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.commands.options import ExperimentOptions, From, Json, read_data
from thumblab.commands.output import answer, percent

if TYPE_CHECKING:
    from thumblab.settings import Plan
    from thumblab.training import Run

MOST_SHARDS = 256


def train(
    file: Path | None = None,
    /,
    *,
    options: ExperimentOptions | None = None,
    runs: Path = Path("runs"),
    from_: From = None,
    shards: int | None = None,
    resume: bool = False,
    download: bool = False,
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
        shards: Parts of a batch computed side by side; as many as cores unless given.
        resume: Continue a run that was stopped; it ends bit for bit as if it had not been.
        download: Fetch the data first.
        json: Print one JSON value.
    """
    from thumblab.commands.training import Where, train_shown
    from thumblab.core.errors import UsageError

    if shards is not None and not 1 <= shards <= MOST_SHARDS:
        raise UsageError(f"--shards {shards} is not from 1 to {MOST_SHARDS}; give as many as cores")
    planned = _plan(file, (options or ExperimentOptions()).given())
    dataset = read_data(planned.draft.data, from_, fetch=download)
    experiment = planned.experiment(dataset)
    outcome = train_shown(experiment, dataset, Where(runs, shards, resume))
    told = _told(outcome.run)
    if json:
        answer(told, "", as_json=True)
    elif told["status"] == "done":
        answer(told, _words(told), as_json=False)
    return outcome.exit_code


def _plan(file: Path | None, given: dict[str, Any]) -> Plan:
    from thumblab.core.errors import UsageError
    from thumblab.settings import SettingsError, plan, read_file

    stored = read_file(file) if file is not None else None
    try:
        return plan({**(stored.settings if stored else {}), **given})
    except SettingsError as problems:
        lines = [
            stored.locate(each)
            if stored and (not each.path or each.path[0] not in given)
            else each.as_option()
            for each in problems.found
        ]
        raise UsageError("\n".join(lines)) from problems


def _told(run: Run) -> dict[str, Any]:
    result = run.result or {}
    return {
        "run": str(run.folder),
        "validation_accuracy": result.get("validation_accuracy"),
        "test_accuracy": run.test_accuracy,
        "seconds": result.get("train_seconds"),
        "images_per_second": result.get("images_per_second"),
        "status": run.status,
    }


def _words(told: dict[str, Any]) -> str:
    rows = [
        ("run", told["run"]),
        ("validation accuracy", percent(told["validation_accuracy"])),
        ("test accuracy", f"thumblab evaluate {told['run']}"),
        ("training", f"{told['seconds']:.1f} s, {told['images_per_second']:,.0f} images/s"),
    ]
    if told["test_accuracy"] is not None:
        rows[2] = ("test accuracy", percent(told["test_accuracy"]))
    return "\n".join(f"{name:20} {value}" for name, value in rows)
