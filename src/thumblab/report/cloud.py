"""Features of validation images as a cloud of points that a page can turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.data import Dataset
from thumblab.evaluation.embedding import Embedding, embeddings, shown_part
from thumblab.report.embed import finite
from thumblab.report.mosaic import Mosaic
from thumblab.runs import Run

Array = NDArray[Any]

IMAGES = 600
"""Points: enough for a form, few enough to be embedded as pictures."""

AXES = 3


@dataclass(frozen=True, eq=False)
class Cloud:
    """What a layer writes of some images, before and after training.

    Attributes:
        layer: Its path.
        images: How many images.
        before: With first weights.
        after: With trained ones.
        mosaic: The images, in the order of the points; None for samples that are no images.
        data: What the page's script reads.
    """

    layer: str
    images: int
    before: Embedding
    after: Embedding
    mosaic: Mosaic | None
    data: dict[str, Any]


def cloud(run: Run, dataset: Dataset, shown: list[int]) -> Cloud:
    """The cloud of what the last Dense layer reads.

    Args:
        run: A run that is done.
        dataset: Its data.
        shown: Classes that are in color when the page opens.

    Raises:
        UsageError: If the network has no such features, or the NumPy engine cannot compute them.
        RunError: If the run is damaged.
    """
    part = shown_part(run, dataset, IMAGES)
    before, after = embeddings([run], dataset, part)
    pictures = part.images.ndim == 4
    data = {
        "labels": part.labels.tolist(),
        "names": dataset.classes,
        "shown": shown,
        "before": _to_json(before),
        "after": _to_json(after),
    }
    mosaic = Mosaic(part.images) if pictures else None
    return Cloud(after.layer, len(part), before, after, mosaic, finite(data))


def _to_json(found: Embedding) -> dict[str, Any]:
    return {"points": _scaled(found.points).tolist(), "explained": found.explained.tolist()}


def _scaled(points: Array) -> Array:
    """The first three components, by one factor for all; 98 % of the points lie in the unit ball."""
    three = np.zeros((len(points), AXES))
    three[:, : points.shape[1]] = points[:, :AXES]
    reach = float(np.quantile(np.linalg.norm(three, axis=1), 0.98))
    return np.round(three / max(reach, 1e-12), 4)
