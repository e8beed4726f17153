"""What a trained network computes inside: as arrays, and as a data set of features to train on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.core.value import from_dict
from thumblab.data import Dataset, Features, Part, read
from thumblab.training.checkpoint import Arrays, digest, load_arrays, save_arrays
from thumblab.training.experiment import ENGINE_VERSION
from thumblab.training.files import check_space
from thumblab.training.front import front

Array = NDArray[Any]

AT_ONCE = 512
"""Images computed together."""


def activations(
    of: Path | str, images: Array, layer: str = "", *, shards: int | None = None
) -> Array:
    """What a layer of a trained network writes, ``(n, *shape)``, on the NumPy engine.

    Args:
        of: The network: a run's folder, or a weights file of thumblab's.
        images: uint8 ``(n, h, w, c)`` or float32 ``(n, f)``, as data sets hold them.
        layer: Path of the layer, such as ``12`` or ``1.layer.3``; empty for the logits.
        shards: Parts of a batch computed side by side; default: as many as cores.

    Raises:
        DataError: If the images have another shape than the network reads.
        UsageError: If there is no such network or layer.
        RunError: If the weights are damaged.
    """
    return np.concatenate(list(_outputs(*_network(of), images, layer, shards)))


def compute_features(source: Features, root: Path | None = None) -> Iterator[tuple[int, int]]:
    """Computes and stores what ``read`` of ``source`` then finds; yields images done, and all.

    Nothing is computed that has been stored whole before.
    """
    yield from _task(source, root).run()


@read.register
def _read_features(source: Features, root: Path | None = None) -> Dataset:
    task = _task(source, root)
    for _ in task.run():
        pass
    images, found = task.dataset, load_arrays(task.place)[0]
    parts = {name: Part(found[name], part.labels) for name, part in task.parts.items()}
    return Dataset(
        f"{images.name}-features",
        parts["train"],
        parts.get("test"),
        images.classes,
        images.groups,
        images.group_names,
    )


@dataclass(frozen=True, eq=False)
class _Task:
    """Features to compute, unless they have been.

    Attributes:
        arrays: Weights of the network, by path.
        about: What their file says of them.
        dataset: The images.
    """

    source: Features
    arrays: Arrays
    about: dict[str, Any]
    dataset: Dataset

    @property
    def parts(self) -> dict[str, Part]:
        """The parts that hold samples."""
        named = {"train": self.dataset.train, "test": self.dataset.test}
        return {name: part for name, part in named.items() if part is not None and len(part)}

    @cached_property
    def place(self) -> Path:
        """Where the features are stored: beside the weights, by what they depend on."""
        told = [digest(self.arrays), self.source.layer, self.dataset.fingerprint, ENGINE_VERSION]
        name = sha256(json.dumps(told).encode()).hexdigest()[:16]
        path = Path(self.source.of).expanduser()
        folder = path / "features" if path.is_dir() else path.with_name(f"{path.stem}-features")
        return folder / f"{name}.safetensors"

    def run(self) -> Iterator[tuple[int, int]]:
        """Computes and stores them; damaged ones are made again."""
        with suppress(RunError):
            load_arrays(self.place)
            return
        found, done, total = {}, 0, sum(map(len, self.parts.values()))
        for name, part in self.parts.items():
            rows = []
            for each in _outputs(self.arrays, self.about, part.images, self.source.layer):
                rows.append(each.reshape(len(each), -1).astype(np.float32))
                done += len(each)
                yield done, total
            found[name] = np.concatenate(rows)
        check_space(self.place.parent, 2 * sum(array.nbytes for array in found.values()))
        about = {"layer": self.source.layer, "fingerprint": self.dataset.fingerprint}
        save_arrays(self.place, found, about, name="features")


def _task(source: Features, root: Path | None) -> _Task:
    if not source.of:
        raise DataError("no network was named; give a run's folder or a weights file with of=")
    return _Task(source, *_network(source.of), read(source.data, root))


def _network(of: Path | str) -> tuple[Arrays, dict[str, Any]]:
    """Weights by path, and what their file says of them."""
    path = Path(of).expanduser()
    if not path.exists():
        raise UsageError(f"{path} is neither a run folder nor a weights file; name one")
    arrays, about = load_arrays(path / "weights.safetensors" if path.is_dir() else path)
    if not {"model", "shape", "shift", "scale", "precision"} <= set(about):
        raise UsageError(f"{path} describes no network; take a run, or see thumblab convert")
    return arrays, about


def _outputs(
    arrays: Arrays, about: dict[str, Any], images: Array, layer: str, shards: int | None = None
) -> Iterator[Array]:
    """The output of one layer, some images at a time."""
    shape = tuple(about["shape"])
    given = images.shape[1:] if images.ndim == 2 else (images.shape[3], *images.shape[1:3])
    if given != shape:
        raise DataError(f"the network reads samples {shape} but was given {given}; choose other data")
    net = front(from_dict(about["model"]), layer).network(arrays, about, shards)
    for begin in range(0, max(len(images), 1), AT_ONCE):
        yield net.predict(images[begin : begin + AT_ONCE])
