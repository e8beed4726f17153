"""``thumblab data``."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.commands.options import From, Json, read_data
from thumblab.commands.output import answer, say, table

if TYPE_CHECKING:
    from thumblab.data import Dataset


def data(
    name: str | None = None,
    /,
    *,
    from_: From = None,
    sheet: Path | None = None,
    download: bool = False,
    json: Json = False,
) -> int:
    """Describe a data set and draw examples, or list what can be read.

    Example: `thumblab data cifar10 --from ~/Downloads --sheet examples.png`

    Args:
        name: Such as cifar10, emnist:split=byclass, or the path of a folder of pictures.
        from_: Folder or archive with its files; else $THUMBLAB_DATA and downloads are searched.
        sheet: PNG file to draw examples of every class into.
        download: Fetch the official files first.
        json: Print one JSON value.
    """
    from thumblab.core.errors import UsageError
    from thumblab.settings import find_source
    from thumblab.training.delivery import check_output

    if name is None:
        if from_ or sheet or download:
            raise UsageError("name a data set beside --from, --sheet or --download")
        listed = _listed()
        rows = [(each["name"], each["about"], each["origin"]) for each in listed]
        answer(listed, table(("data set", "about", "origin"), rows), as_json=json)
        return 0
    if sheet is not None:
        if sheet.suffix.lower() != ".png":
            raise UsageError(f"--sheet {sheet} is no PNG file; end its name in .png")
        check_output(sheet, "--sheet")
    dataset = read_data(find_source(name), from_, fetch=download)
    told = _told(dataset)
    if sheet is not None:
        _draw(dataset, sheet)
        say(f"drew {sheet}")
    answer(told, _words(told), as_json=json)
    return 0


def _listed() -> list[dict[str, Any]]:
    from thumblab.data import Source
    from thumblab.settings import known

    return [
        {
            "name": name,
            "about": (kind.__doc__ or "").partition("\n")[0].rstrip("."),
            "origin": _origin(kind),
        }
        for name, kind in sorted(known(Source).items())
    ]


def _origin(kind: type[Any]) -> str:
    from thumblab.data import distribution

    published = distribution(kind())
    if published is None:
        yours = {"path", "of", "sha256"} & set(kind.__annotations__)
        return "your own" if yours else "in the package"
    return published.downloads[0].urls[0] if published.downloads else "--from FOLDER"


def _told(dataset: Dataset) -> dict[str, Any]:
    """Counts after the split that an experiment makes unless told otherwise."""
    from thumblab.data import leaked, twins, validation_split
    from thumblab.training import Experiment

    whole = dataset.train
    train, held = validation_split(
        whole.labels, Experiment.validation, Experiment.split_seed, twins(whole.images)
    )
    return {
        "name": dataset.name,
        "train": len(train),
        "validation": len(held),
        "test": 0 if dataset.test is None else len(dataset.test),
        "leaked": 0 if dataset.test is None else leaked(whole.images, dataset.test.images),
        "classes": len(dataset.classes),
        "class_names": list(dataset.classes),
        "shape": list(dataset.shape),
        "fingerprint": dataset.fingerprint,
    }


def _words(told: dict[str, Any]) -> str:
    shown = ", ".join(told["class_names"][:20])
    rest = told["classes"] - 20
    rows = [
        ("name", told["name"]),
        ("images", f"{told['train']:,} train, {told['validation']:,} validation, "),
        ("shape", "x".join(map(str, told["shape"]))),
        ("classes", f"{told['classes']}: {shown}" + (f" and {rest} more" if rest > 0 else "")),
        ("fingerprint", told["fingerprint"]),
    ]
    rows[1] = (rows[1][0], f"{rows[1][1]}{told['test']:,} test")
    if told["leaked"]:
        rows.insert(2, ("leakage", f"{told['leaked']:,} test images are training images too"))
    return "\n".join(f"{name:12} {value}" for name, value in rows)


def _draw(dataset: Dataset, sheet: Path) -> None:
    from thumblab.data import contact_sheet
    from thumblab.training.delivery import deliver

    buffer = io.BytesIO()
    contact_sheet(dataset).save(buffer, "PNG")
    deliver(sheet, buffer.getvalue(), name="sheet")
