"""Features that a trained network makes of images, as a data set to train on; computed once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.core.value import from_dict
from thumblab.data import Dataset, Features, Split, read
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.runs.run import Run
from thumblab.storage.checkpoint import Arrays, digest, load_arrays, ours, save_arrays
from thumblab.storage.files import check_space
from thumblab.training.feature_extractor import feature_extractor

Array = NDArray[Any]
AT_ONCE = 1024
"""Images between two signs of progress."""


def compute_features(source: Features, root: Path | str | None = None) -> Iterator[tuple[int, int]]:
    """Computes and stores what ``read`` of ``source`` then finds; yields images done, and all.

    Nothing is computed that has been stored whole before.

    Args:
        source: Which features; those of each image are laid out in one row, as ``Flatten`` would.
        root: Folder with the files of the images (see ``data.read``).

    Raises:
        UsageError: If there is no such network or layer.
        DataError: If the images are not of the shape that the network reads.
        RunError: If its weights are missing or damaged.
    """
    yield from _task(source, None if root is None else Path(root)).run()


@read.register
def _read_features(source: Features, root: Path | None = None) -> Dataset:
    task = _task(source, root)
    for _ in task.run():
        pass
    images, found = task.dataset, load_arrays(task.place)[0]
    parts = {name: Split(found[name], part.labels) for name, part in task.parts.items()}
    return Dataset(
        f"{images.name}-features",
        parts["train"],
        parts.get("test"),
        images.classes,
        images.groups,
        images.group_names,
        parts.get("validation"),
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
    def parts(self) -> dict[str, Split]:
        """The parts that hold samples."""
        whole = self.dataset
        named = {"train": whole.train, "validation": whole.validation, "test": whole.test}
        return {name: part for name, part in named.items() if part is not None and len(part)}

    @property
    def modules(self) -> Mapping[str, ModuleType]:
        """Where classes of the user's are found: with the run, or among what has been imported."""
        path = Path(self.source.of).expanduser()
        return Run(path).modules if path.is_dir() else sys.modules

    @cached_property
    def place(self) -> Path:
        """Where the features are stored: beside the weights, by what they depend on."""
        values = [digest(self.arrays), self.source.layer, self.dataset.fingerprint, ENGINE_VERSION]
        name = sha256(json.dumps(values).encode()).hexdigest()[:16]
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
            for each in self._outputs(part.images):
                rows.append(each.reshape(len(each), -1).astype(np.float32))
                done += len(each)
                yield done, total
            found[name] = np.concatenate(rows)
        check_space(self.place.parent, 2 * sum(array.nbytes for array in found.values()))
        about = {"layer": self.source.layer, "fingerprint": self.dataset.fingerprint}
        save_arrays(self.place, found, about, name="features")

    def _outputs(self, images: Array) -> Iterator[Array]:
        shape = tuple(self.about["shape"])
        if self.dataset.shape != shape:
            raise DataError(
                f"the network in {self.source.of} reads {shape}, but {self.dataset.name} has "
                f"{self.dataset.shape}; choose other data"
            )
        net = feature_extractor(
            from_dict(self.about["model"], self.modules), self.source.layer
        ).network(self.arrays, self.about)
        for begin in range(0, len(images), AT_ONCE):
            yield net.predict(images[begin : begin + AT_ONCE])


def _task(source: Features, root: Path | None) -> _Task:
    if not source.of:
        raise DataError("no network was named; give a run's folder or a weights file with of=")
    return _Task(source, *_network(Path(source.of).expanduser()), read(source.data, root))


def _network(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Weights by path, and what their file says of them."""
    if not path.exists():
        raise UsageError(f"{path} is neither a run folder nor a weights file; name one")
    if path.is_file() and not ours(path):
        raise UsageError(
            f"{path} holds weights without their network; give them one with thumblab convert, "
            "and take what that writes",
            remedies=("model",),
        )
    arrays, about = load_arrays(path / "weights.safetensors" if path.is_dir() else path)
    if not {"model", "shape", "shift", "scale", "precision"} <= set(about):
        raise UsageError(f"{path} describes no network; take a run, or see thumblab convert")
    return arrays, about
