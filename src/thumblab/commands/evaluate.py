"""``thumblab evaluate``."""

from __future__ import annotations

from pathlib import Path

from thumblab.commands.options import From, Json, open_run, read_data
from thumblab.commands.output import answer, percent


def evaluate(
    run: Path, /, *, data: str | None = None, from_: From = None, json: Json = False
) -> int:
    """Measure a trained run on the test images, and note down that somebody has looked.

    Example: `thumblab evaluate runs/0123456789ab`

    Args:
        run: Run folder.
        data: Another data set to test on, with the same classes; the run's own unless given.
        from_: Folder or archive with that data set's files.
        json: Print one JSON value.
    """
    from thumblab.core.errors import UsageError
    from thumblab.settings import find_source
    from thumblab.training import evaluate as measure

    if from_ is not None and data is None:
        raise UsageError("--from says where --data lies; give both, or neither")
    opened = open_run(run)
    dataset = read_data(find_source(data), from_, fetch=False) if data else None
    found = measure(opened, dataset)
    told = {"accuracy": found.accuracy, "loss": found.loss, "images": found.images}
    words = (
        f"test accuracy {percent(found.accuracy)}, loss {found.loss:.4f}, "
        f"{found.images:,} images, look number {found.evaluations}"
    )
    answer(told, words, as_json=json)
    return 0
