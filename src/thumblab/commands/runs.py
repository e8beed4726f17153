"""``thumblab runs``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thumblab.commands.options import Json
from thumblab.commands.output import answer, percent, say, table

HEAD = ("run", "status", "model", "data", "epochs", "validation", "test")


def runs(folder: Path = Path("runs"), /, *, json: Json = False) -> int:
    """List the runs in a folder, oldest first.

    Example: `thumblab runs`

    Args:
        folder: Folder of run folders.
        json: Print one JSON value.
    """
    from thumblab.core.errors import UsageError

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name one that holds runs")
    found = [path.parent for path in folder.glob("*/experiment.json")]
    ordered = sorted(found, key=lambda path: (path.stat().st_mtime, path.name))
    told = list(map(_told, ordered))
    if not told:
        say(f"no runs in {folder}")
    answer(told, table(HEAD, list(map(_row, told))) if told else "", as_json=json)
    return 0


def _told(folder: Path) -> dict[str, Any]:
    """What a run says of itself; one that cannot be read is ``damaged`` and hides no other."""
    from thumblab.core.errors import RunError
    from thumblab.training import Run

    try:
        run = Run.open(folder)
        asked = run.about["experiment"]
        last = (run.metrics or [{}])[-1]
        test, status = run.test_accuracy, run.status
    except (RunError, KeyError, TypeError) as error:
        say(f"thumblab: {error}")
        asked, last, test, status = {}, {}, None, "damaged"
    return {
        "run": str(folder),
        "status": status,
        "model": asked.get("label") or asked.get("model", {}).get("type"),
        "data": _data(asked.get("data", {})),
        "epochs": last.get("epoch", 0),
        "validation_accuracy": last.get("validation_accuracy"),
        "test_accuracy": test,
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
    shares = (percent(told[key]) for key in ("validation_accuracy", "test_accuracy"))
    return (*("-" if each is None else str(each) for each in plain), *shares)
