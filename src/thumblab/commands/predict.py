"""``thumblab predict``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.commands.options import Json, Trust, find_views, open_run
from thumblab.commands.output import answer, percent, table

if TYPE_CHECKING:
    from thumblab.training.predict import Guess


def predict(
    run: Path,
    /,
    *images: Path,
    top: int = 5,
    views: str | None = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Name the likeliest classes of pictures.

    Example: `thumblab predict runs/0123456789ab cat.png holidays/`

    Args:
        run: Run folder.
        images: Picture files (PNG, JPEG, WebP, BMP, GIF, TIFF, PNM, AVIF, HEIC), and folders of such.
        top: How many classes to name.
        views: Show the network changed copies too: flips, shifts, flip_shift or rotate_scale; their logits
            are averaged. The picture alone unless given.
        trust: Execute the code of its own that a run was trained with; it is remembered.
        json: Print one JSON value.
    """
    from thumblab.core.errors import DataError, UsageError
    from thumblab.data.find import find
    from thumblab.training import classify

    if not images or top < 1:
        raise UsageError("name at least one picture or folder, and 1 class or more with --top")
    pictures = find(images)
    if not pictures:
        raise DataError(f"{', '.join(map(str, images))}: no picture is in there; name another")
    found = classify(open_run(run, trust=trust), pictures, top=top, views=find_views(views))
    told = [
        {"file": str(path), "views": views, "top": list(map(_told, guesses))}
        for path, guesses in found
    ]
    rows = [
        (str(path), *(f"{guess.name} {percent(guess.probability)}" for guess in guesses))
        for path, guesses in found
    ]
    head = ("file", *(f"top {rank + 1}" for rank in range(len(rows[0]) - 1)))
    answer(told, table(head, rows), as_json=json)
    return 0


def _told(guess: Guess) -> dict[str, Any]:
    return {"name": guess.name, "probability": guess.probability}
