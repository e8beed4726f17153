"""Features inside a network as a cloud of points, and how well it keeps classes apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.analysis import between_to_within, principal_components, silhouette, t_sne
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.data import Dataset, Split, subset
from thumblab.evaluation.compatible import check_trained_on
from thumblab.evaluation.features import activations
from thumblab.experiment.experiment import parts
from thumblab.layers import Dense, Sequential
from thumblab.runs import Run
from thumblab.training.initial_weights import initial_weights

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Embedding:
    """What one layer writes of some images.

    Attributes:
        run: Run folder.
        layer: Its path.
        trained: Whether this is after training; else with first weights.
        features: ``(n, *shape)``, float32.
        points: Along the first principal components ``(n, components)``, at most ten.
        explained: Share of the variance along each, descending.
        silhouette: From -1 to 1 (see ``analysis.silhouette``); NaN for one class.
        between_to_within: Scatter of class means over scatter inside classes.
        neighbors: t-SNE ``(n, 2)``, or None if not asked for.
    """

    run: str
    layer: str
    trained: bool
    features: Array
    points: Array
    explained: Array
    silhouette: float
    between_to_within: float
    neighbors: Array | None


def shown_part(run: Run, dataset: Dataset, images: int) -> Split:
    """Images whose features are shown: validation images, else training images, all classes in proportion.

    Never test images: a choice after seeing their features would be made on the test set.

    Raises:
        DataError: If ``dataset`` is not the run's.
    """
    check_trained_on(run, dataset)
    train, held = parts(run.experiment, dataset)
    part = held if len(held) else train
    return part.take(subset(part.labels, min(images, len(part)), 0))


def embeddings(
    runs: Sequence[Run],
    dataset: Dataset,
    part: Split,
    layer: str | None = None,
    *,
    neighbors: bool = False,
) -> Iterator[Embedding]:
    """What a layer of each run writes of the images of ``part``, before and after training.

    Args:
        runs: Runs that are done, trained on ``dataset``.
        dataset: Their data; layers that are fitted to data need it for the weights before training.
        part: Images, at least two.
        layer: Path of a layer; None for what the last Dense layer reads.
        neighbors: Whether t-SNE is computed too, which takes longer.
    """
    for run in runs:
        model = run.experiment.model
        path = last_features(model) if layer is None else layer
        arrays, about = run.trained()
        for trained, weights in ((False, initial_weights(run.experiment, dataset)), (True, arrays)):
            found = activations(model, weights, about, part.images, path)
            yield _embedding(run, path, trained, found, part.labels, neighbors)


def last_features(model: Layer) -> str:
    """Path of what the last Dense layer reads: a network's features, in the usual sense.

    Raises:
        UsageError: If there is no Dense layer in a chain of layers, or nothing before it.
    """
    found = _read_by_last_dense(model, "", "")
    if not found:
        raise UsageError(
            f"{model} has no layer before a last Dense; name the layer", remedies=("layer",)
        )
    return found


def _read_by_last_dense(layer: Layer, before: str, here: str) -> str | None:
    """The path of what the last Dense in ``layer`` reads, where ``layer`` itself reads ``before``."""
    if isinstance(layer, Dense):
        return before
    if not isinstance(layer, Sequential):
        return None
    for place in reversed(range(len(layer.layers))):
        reads = f"{here}{place - 1}" if place else before
        found = _read_by_last_dense(layer.layers[place], reads, f"{here}{place}.")
        if found is not None:
            return found
    return None


def _embedding(
    run: Run, path: str, trained: bool, found: Array, labels: Array, neighbors: bool
) -> Embedding:
    projection = principal_components(found)
    return Embedding(
        run=str(run.folder),
        layer=path,
        trained=trained,
        features=found,
        points=projection.points,
        explained=projection.explained,
        silhouette=silhouette(found, labels),
        between_to_within=between_to_within(found, labels),
        neighbors=t_sne(found) if neighbors else None,
    )
