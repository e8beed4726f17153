"""``thumblab data``."""

from __future__ import annotations

import io
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from thumblab.cli.completion import SOURCE
from thumblab.cli.docstrings import docstring
from thumblab.cli.options import From, Json, Output, read_data, skipping
from thumblab.cli.output import answer, say, table

if TYPE_CHECKING:
    from thumblab.data import Check, Dataset


def data(
    name: Annotated[str | None, SOURCE] = None,
    /,
    *,
    from_: From = None,
    output: Output = None,
    download: bool = False,
    skip_bad: bool = False,
    json: Json = False,
) -> int:
    """Check and describe a data set before training, or list the known data sets.

    Prints class counts, sizes, duplicates, train/test leakage, single-color pictures and skipped files.

    Example: `thumblab data cifar10 --from ~/Downloads -o examples.png`

    Args:
        name: Data set such as cifar10 or emnist:split=byclass, or a folder of pictures.
        from_: Folder or archive that holds its files; by default $THUMBLAB_DATA and earlier downloads.
        output: PNG file with example images of every class.
        download: Download the official files first.
        skip_bad: Skip pictures that cannot be read, and list them.
        json: Print the result as JSON.
    """
    from thumblab.cli.checked import warn_of
    from thumblab.config import find_source
    from thumblab.core.errors import UsageError
    from thumblab.data import check
    from thumblab.storage.delivery import check_output

    if name is None:
        if from_ or output or download:
            raise UsageError("name a data set beside --from, --output or --download")
        _list(as_json=json)
        return 0
    if output is not None:
        if output.suffix.lower() != ".png":
            raise UsageError(f"--output {output} is no PNG file; end its name in .png")
        check_output(output, "--output")
    dataset = read_data(skipping(find_source(name), skip_bad), from_, fetch=download)
    found = check(dataset)
    warn_of(found)
    values = _to_json(dataset, found)
    if output is not None:
        _draw(dataset, output)
        say(f"drew {output}")
    answer(values, _to_text(values, found), as_json=json)
    return 0


def _list(*, as_json: bool) -> None:
    listed = _listed()
    rows = [(each["name"], each["about"].replace("``", ""), each["origin"]) for each in listed]
    answer(listed, table(("data set", "about", "origin"), rows), as_json=as_json)


def _listed() -> list[dict[str, Any]]:
    from thumblab.config import known
    from thumblab.data import DatasetSpec

    return [
        {
            "name": name,
            "about": docstring(kind).partition("\n")[0].rstrip("."),
            "origin": _origin(kind),
        }
        for name, kind in sorted(known(DatasetSpec).items())
    ]


def _origin(kind: type[Any]) -> str:
    from thumblab.data import distribution

    published = distribution(kind())
    if published is None:
        yours = {"path", "of", "sha256"} & {field.name for field in fields(kind)}
        return "your own" if yours else "in the package"
    return published.downloads[0].urls[0] if published.downloads else "--from FOLDER"


def _to_json(dataset: Dataset, found: Check) -> dict[str, Any]:
    """Counts after the split that an experiment makes unless told otherwise."""
    from thumblab.data import numbered, validation_split
    from thumblab.experiment import Experiment

    whole, own = dataset.train, dataset.validation
    train, held = len(whole), 0 if own is None else len(own)
    if own is None:
        rows = validation_split(
            whole.labels, Experiment.validation, Experiment.split_seed, numbered(whole.digests)
        )
        train, held = map(len, rows)
    return {
        "name": dataset.name,
        "train": train,
        "validation": held,
        "test": 0 if dataset.test is None else len(dataset.test),
        "leaked": found.leaked.get("test", 0),
        "classes": len(dataset.classes),
        "class_names": list(dataset.classes),
        "shape": list(dataset.shape),
        "fingerprint": dataset.fingerprint,
        "check": found.to_json(),
    }


def _to_text(values: dict[str, Any], found: Check) -> str:
    from thumblab.cli.checked import class_table, rows

    shown = ", ".join(values["class_names"][:20])
    rest = values["classes"] - 20
    own = " (its own)" if "validation" in found.counts else ""
    lines = [
        ("name", values["name"]),
        (
            "images",
            f"{values['train']:,} train, {values['validation']:,} validation{own}, {values['test']:,} test",
        ),
        *(
            ("leakage", f"{count:,} {part} images are training images too")
            for part, count in found.leaked.items()
            if count
        ),
        ("shape", "x".join(map(str, values["shape"]))),
        ("classes", f"{values['classes']}: {shown}" + (f" and {rest} more" if rest > 0 else "")),
        *rows(found),
        ("fingerprint", values["fingerprint"]),
    ]
    named = "\n".join(f"{name:12} {value}" for name, value in lines)
    return f"{named}\n\n{class_table(found)}"


def _draw(dataset: Dataset, sheet: Path) -> None:
    from thumblab.data import contact_sheet
    from thumblab.storage.delivery import deliver

    buffer = io.BytesIO()
    contact_sheet(dataset).save(buffer, "PNG")
    deliver(sheet, buffer.getvalue(), name="sheet")
