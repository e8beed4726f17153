"""``thumblab embed``."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.cli.completion import RunPath
from thumblab.cli.options import Data, From, Json, Output, Trust, open_run, read_data_of
from thumblab.cli.output import answer, percent, say, table

if TYPE_CHECKING:
    from thumblab.data import Dataset, Split
    from thumblab.evaluation.embedding import Embedding


def embed(
    run: RunPath,
    /,
    *more: RunPath,
    layer: str | None = None,
    images: int = 2000,
    tsne: bool = False,
    near: int | None = None,
    output: Output = None,
    data: Data = None,
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Measure how well features inside networks separate the classes, before and after training.

    The images are validation images, never test images.

    Example: `thumblab embed runs/0123456789ab --layer 18 --from FOLDER -o features.npz`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last.
        more: More runs, trained on the same data, such as one without a skip connection.
        layer: Path of a layer, as `thumblab models` prints it; by default the input of the last Dense.
        images: Number of images, stratified by class.
        tsne: Compute t-SNE as well.
        near: Print the nearest neighbors of the image with this index, from 0.
        output: NPZ file for features, projections, labels, class names and images.
        data: Where the data set of the run is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.evaluation.embedding import embeddings, shown_part
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    runs = [open_run(folder, trust=trust) for folder in (run, *more)]
    dataset = read_data_of(runs[0], from_, data)
    parts = [shown_part(run, dataset, images) for run in runs]
    _check(parts, near)
    found = []
    for each in embeddings(runs, dataset, parts[0], layer, neighbors=tsne):
        say(f"{each.run} layer {each.layer} {_when(each)}: features {each.features.shape}")
        found.append(each)
    if output is not None:
        _save(output, found, parts[0], dataset)
    values = [_to_json(each, near, parts[0], dataset) for each in found]
    answer({"images": len(parts[0]), "embeddings": values}, _to_text(values, near), as_json=json)
    return 0


def _check(parts: list[Split], near: int | None) -> None:
    """Raises ``UsageError`` unless all runs keep the same images apart, and ``near`` is one of them."""
    from thumblab.core.errors import UsageError

    if any(not (part.labels == parts[0].labels).all() for part in parts):
        raise UsageError("the runs have other validation images; give runs of the same split seed")
    if near is not None and not 0 <= near < len(parts[0]):
        raise UsageError(f"--near {near} is not one of {len(parts[0])} images; give 0 or more")


def _when(each: Embedding) -> str:
    return "after training" if each.trained else "before training"


def _to_json(each: Embedding, near: int | None, part: Split, dataset: Dataset) -> dict[str, Any]:
    return {
        "run": each.run,
        "layer": each.layer,
        "trained": each.trained,
        "shape": list(each.features.shape[1:]),
        "explained": each.explained.tolist(),
        "silhouette": each.silhouette if isfinite(each.silhouette) else None,
        "between_to_within": each.between_to_within if isfinite(each.between_to_within) else None,
        "points": each.points[:, :3].round(4).tolist(),
        "tsne": None if each.neighbors is None else each.neighbors.round(4).tolist(),
        "labels": part.labels.tolist(),
        "near": None if near is None else _near(each, near, part, dataset),
    }


def _near(each: Embedding, row: int, part: Split, dataset: Dataset) -> list[dict[str, Any]]:
    from thumblab.analysis import nearest_neighbors

    found = nearest_neighbors(each.features, row, count=10)
    return [
        {"image": int(other), "class": dataset.classes[part.labels[other]], "distance": float(far)}
        for other, far in zip(found.rows, found.distances, strict=True)
    ]


def _to_text(values: list[dict[str, Any]], near: int | None) -> str:
    heads = (
        "run",
        "layer",
        "features",
        "trained",
        "silhouette",
        "between : within",
        "PC 1",
        "PC 1-2",
        "PC 1-3",
    )
    text = table(heads, [_row(each) for each in values])
    for each in values if near is not None else ():
        names = ", ".join(f"{other['class']} ({other['image']})" for other in each["near"])
        when = "after" if each["trained"] else "before"
        text += f"\n\nnearest to image {near} in {each['run']} {when} training: {names}"
    return text


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    explained = each["explained"]
    numbers = (each["silhouette"], each["between_to_within"])
    return (
        each["run"],
        each["layer"],
        "x".join(map(str, each["shape"])),
        "yes" if each["trained"] else "no",
        *("-" if number is None else f"{number:.3f}" for number in numbers),
        *(percent(sum(explained[:count])) for count in (1, 2, 3)),
    )


def _save(path: Path, found: list[Embedding], part: Split, dataset: Dataset) -> None:
    """Writes arrays named ``features_0``, ``points_0`` and so on, in the order of the rows."""
    import io

    import numpy as np

    from thumblab.storage.delivery import deliver

    arrays: dict[str, Any] = {
        "images": part.images,
        "labels": part.labels,
        "classes": np.array(dataset.classes),
    }
    for place, each in enumerate(found):
        arrays |= {f"features_{place}": each.features, f"points_{place}": each.points}
        if each.neighbors is not None:
            arrays[f"tsne_{place}"] = each.neighbors
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    deliver(path, buffer.getvalue(), name="features")
