"""``thumblab runs``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.commands.options import Json
from thumblab.commands.output import answer, percent, say, table

if TYPE_CHECKING:
    from thumblab.training import Run

KEYS = (
    "run",
    "status",
    "model",
    "data",
    "epochs",
    "train_on",
    "kept_epoch",
    "validation_accuracy",
    "test_accuracy",
    "reason",
)
HEAD = ("run", "status", "model", "data", "epochs", "validation", "test")


def runs(folder: Path = Path("runs"), /, *, json: Json = False) -> int:
    """List the runs in a folder, oldest first.

    Example: `thumblab runs`

    Args:
        folder: Folder of run folders.
        json: Print one JSON value.
    """
    from thumblab.core.errors import UsageError
    from thumblab.training import find_runs

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name one that holds runs")
    told = list(map(_told, find_runs(folder)))
    if not told:
        say(f"no runs in {folder}")
    answer(told, table(HEAD, list(map(_row, told))) if told else "", as_json=json)
    return 0


def _told(run: Run) -> dict[str, Any]:
    """What a run says of itself; one that cannot be read is ``damaged`` and hides no other."""
    damage = run.damage
    if damage is not None:
        say(f"thumblab: {damage}")
        return dict.fromkeys(KEYS) | {
            "run": str(run.folder),
            "status": "damaged",
            "epochs": 0,
            "reason": damage,
        }
    asked, result = run.about["experiment"], run.result or {}
    last = (run.metrics or [{}])[-1]
    return {
        "run": str(run.folder),
        "status": run.status,
        "model": asked.get("label") or asked.get("model", {}).get("type"),
        "data": _data(asked.get("data", {})),
        "epochs": last.get("epoch", 0),
        "train_on": asked.get("train_on"),
        "kept_epoch": result.get("kept_epoch"),
        "validation_accuracy": (result or last).get("validation_accuracy"),
        "test_accuracy": run.test_accuracy,
        "reason": result.get("reason"),
    }


def _data(told: dict[str, Any]) -> str | None:
    """The data set as the command line spells it; a user's class by its name alone."""
    import thumblab.data  # noqa: F401  # its classes are found by name
    from thumblab.core.errors import UsageError
    from thumblab.core.value import from_dict
    from thumblab.settings import spell

    try:
        return spell(from_dict(told)) if told else None
    except UsageError:
        return str(told.get("type"))


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    plain = (told[key] for key in ("run", "status", "model", "data", "epochs"))
    validation = percent(told["validation_accuracy"])
    if told["train_on"] == "all":
        validation = "trained on"
    shares = (validation, percent(told["test_accuracy"]))
    return (*("-" if each is None else str(each) for each in plain), *shares)
