"""``thumblab runs``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from thumblab.cli.options import Json
from thumblab.cli.output import answer, caution, option, percent, say, table
from thumblab.cli.places import RUNS, runs_folder

if TYPE_CHECKING:
    from thumblab.runs import Run

KEYS = (
    "run",
    "name",
    "note",
    "status",
    "model",
    "data",
    "settings",
    "epochs",
    "train_on",
    "weights_epoch",
    "validation_accuracy",
    "test_accuracy",
    "reason",
)
SHOWN = ("type", "label", "model", "data")
HEAD = ("run", "status", "model", "data", "epochs", "validation", "test")


def runs(folder: Annotated[Path | None, RUNS] = None, /, *, json: Json = False) -> int:
    """List runs with accuracies and the settings in which they differ, oldest first.

    Example: `thumblab runs`

    Args:
        folder: Folder of run folders.
        json: Print the result as JSON.
    """
    from thumblab.core.errors import UsageError
    from thumblab.runs import find_runs

    folder = folder or runs_folder()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name one that holds runs")
    values = list(map(_to_json, find_runs(folder)))
    if not values:
        say(f"no runs in {folder}")
    head, rows = list(HEAD), list(map(_row, values))
    if any(differing := _differing(values)):
        head.append("with")
        rows = [[*row, text] for row, text in zip(rows, differing, strict=True)]
    for place, key in ((1, "name"), (len(head) + 1, "note")):
        if any(each[key] for each in values):
            head.insert(place, key)
            rows = [
                [*row[:place], each[key] or "-", *row[place:]]
                for row, each in zip(rows, values, strict=True)
            ]
    answer(values, table(head, rows) if values else "", as_json=json)
    return 0


def _to_json(run: Run) -> dict[str, Any]:
    """What a run says of itself; one that cannot be read is ``damaged`` and hides no other."""
    damage = run.damage
    if damage is not None:
        caution(f"thumblab: {damage}")
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
        **_naming(run),
        "status": run.status,
        "model": asked.get("label") or asked.get("model", {}).get("type"),
        "data": _formatted(asked.get("data")),
        "settings": {name: _formatted(asked[name]) for name in sorted(asked) if name not in SHOWN},
        "epochs": last.get("epoch", 0),
        "train_on": asked.get("train_on"),
        "weights_epoch": result.get("weights_epoch"),
        "validation_accuracy": (result or last).get("validation_accuracy"),
        "test_accuracy": run.test_accuracy,
        "reason": result.get("reason"),
    }


def _naming(run: Run) -> dict[str, str]:
    """Name and note; none if they are damaged."""
    from thumblab.core.errors import RunError
    from thumblab.runs.naming import Naming, read_naming

    try:
        return asdict(read_naming(run.folder))
    except RunError as error:
        caution(f"thumblab: {error}")
        return asdict(Naming())


def _formatted(values: Any) -> str | None:
    """A stored option as the command line spells it; a user's class by its name alone."""
    import thumblab.training  # noqa: F401  # classes are found by name
    from thumblab.config import format_value
    from thumblab.core.errors import UsageError
    from thumblab.core.value import from_dict

    if isinstance(values, list):
        return "+".join(str(_formatted(each)) for each in values) or format_value(())
    if not isinstance(values, dict):
        return None if values is None else format_value(values)
    try:
        return format_value(from_dict(values)) if values else None
    except UsageError:
        return str(values.get("type"))


def _differing(values: list[dict[str, Any]]) -> list[str]:
    """Of each run the options that not all of these have in common."""
    settings = [each["settings"] for each in values]
    names = dict.fromkeys(name for each in settings for name in each or ())
    differ = [name for name in names if len({each.get(name) for each in settings if each}) > 1]
    return [
        " ".join(option(name, each[name]) for name in differ if each.get(name) is not None)
        for each in (one or {} for one in settings)
    ]


def _row(values: dict[str, Any]) -> list[str]:
    plain = (values[key] for key in ("run", "status", "model", "data", "epochs"))
    validation = percent(values["validation_accuracy"])
    if values["train_on"] == "all":
        validation = "trained on"
    shares = (validation, percent(values["test_accuracy"]))
    return [*("-" if each is None else str(each) for each in plain), *shares]
