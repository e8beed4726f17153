"""``thumblab predict``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from thumblab.cli.completion import RunPath
from thumblab.cli.options import Json, Output, Trust, find_tta, open_run
from thumblab.cli.output import answer, percent, say, table

if TYPE_CHECKING:
    from thumblab.evaluation.predict import Prediction
    from thumblab.runs import Run
    from thumblab.runs.shown import Prepare


def predict(
    run: RunPath,
    /,
    *images: Path,
    top: int = 5,
    tta: str | None = None,
    prepare: Literal["auto", "glyph", "none"] = "auto",
    output: Output = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Classify pictures.

    Pictures that look unlike the training images cause a warning; unreadable ones are reported, and the
    others still classified.

    Example: `thumblab predict runs/0123456789ab cat.png holidays/`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last.
        images: Picture files (PNG, JPEG, WebP, BMP, GIF, TIFF, PNM, AVIF, HEIC) or folders of them.
        top: Number of classes to print per picture.
        tta: Test-time augmentation: flips, shifts, flip_shift or rotate_scale, whose logits are averaged;
            none by default.
        prepare: Preprocessing: "glyph" finds the handwritten character on any background and makes it white
            on black, scaled and centered; "auto" does so for networks trained on such characters.
        output: PNG file with each picture beside the network's input.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.core.errors import UsageError
    from thumblab.evaluation import classify

    if not images or top < 1:
        raise UsageError("name at least one picture or folder, and 1 class or more with --top")
    _check_sheet(output)
    pictures, opened = _found(images), open_run(run, trust=trust)
    how = _preparation(opened, prepare)
    found = classify(opened, pictures, top=top, tta=find_tta(tta), prepare=how)
    if output is not None:
        _draw(found, output)
    answer([_to_json(each, tta) for each in found], _to_text(found), as_json=json)
    return 0


def _check_sheet(path: Path | None) -> None:
    from thumblab.core.errors import UsageError
    from thumblab.storage.delivery import check_output

    if path is not None and path.suffix.lower() != ".png":
        raise UsageError(f"--output {path} is no PNG file; end its name in .png")
    if path is not None:
        check_output(path, "--output")


def _found(images: tuple[Path, ...]) -> list[Path]:
    from thumblab.core.errors import DataError
    from thumblab.data.sources.find import find

    pictures = find(images)
    if not pictures:
        raise DataError(f"{', '.join(map(str, images))}: no picture is in there; name another")
    return pictures


def _preparation(run: Run, wanted: str) -> Prepare:
    from thumblab.data import Glyph, preparation_of

    if wanted == "glyph":
        own = preparation_of(run.experiment.data)
        return own if isinstance(own, Glyph) else Glyph()
    return "auto" if wanted == "auto" else None


def _to_json(found: Prediction, tta: str | None) -> dict[str, Any]:
    top = [{"name": guess.name, "probability": guess.probability} for guess in found.top]
    values = {"file": str(found.file), "tta": tta, "top": top, "warnings": [*found.warnings]}
    return values if found.error is None else values | {"error": found.error}


def _to_text(found: list[Prediction]) -> str:
    rows = [
        (str(each.file), *(f"{guess.name} {percent(guess.probability)}" for guess in each.top))
        for each in found
        if each.error is None
    ]
    return table(("file", *(f"top {rank + 1}" for rank in range(len(rows[0]) - 1))), rows)


def _draw(found: list[Prediction], path: Path) -> None:
    from thumblab.report.inputs import inputs_sheet
    from thumblab.storage.delivery import deliver

    buffer = io.BytesIO()
    inputs_sheet(found).save(buffer, "PNG")
    deliver(path, buffer.getvalue(), name="sheet")
    say(f"drew {path}")
