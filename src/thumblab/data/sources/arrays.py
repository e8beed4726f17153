"""Images and labels that a program has in memory, as a source like any other.

No file holds them, so what identifies them is the SHA-256 of their samples: an experiment on other
arrays is another run. An experiment stored on disk knows that digest alone; its data cannot
be read again, and an error asks for the arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thumblab.core.errors import DataError, UsageError
from thumblab.data.dataset import Dataset
from thumblab.data.sources.assembled import assembled
from thumblab.data.sources.dataset_spec import DatasetSpec, read
from thumblab.data.sources.labeled_items import labeled
from thumblab.data.sources.pixels import Span


@dataclass(frozen=True, init=False)
class Arrays(DatasetSpec):
    """Images and labels from memory.

    What can mean one thing only is converted and said (``data/sources/pixels.py``: types, ranges, order of
    axes; ``data/sources/label_values.py``: names, one-hot rows); what could mean two is refused. The arrays
    are copied, so that changing them later changes nothing here.

    Attributes:
        sha256: Of every sample, label and class name; it alone identifies the data.
        name: Short name for tables.

    Example:
        >>> import numpy as np
        >>> images = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
        >>> mine = Arrays(images, ["light", "dark"] * 2)
        >>> read(mine).classes, read(mine).shape
        (('dark', 'light'), (1, 8, 8))
    """

    sha256: str = ""
    name: str = field(default="arrays", compare=False)

    def __init__(
        self,
        images: Any = None,
        labels: Any = None,
        test_images: Any = None,
        test_labels: Any = None,
        classes: Sequence[str] | None = None,
        *,
        validation_images: Any = None,
        validation_labels: Any = None,
        name: str = "arrays",
        axes: str | None = None,
        span: Span | None = None,
        sha256: str = "",
    ) -> None:
        """Copies and converts the arrays.

        Args:
            images: Training images ``(n, h, w)``, ``(n, h, w, c)`` or ``(n, c, h, w)``, or features
                ``(n, f)`` of floats: an array, a tensor or a list.
            labels: Class of each: numbers, names or one-hot rows.
            test_images: Likewise, to test on.
            test_labels: Likewise.
            classes: Class names, where labels are numbers or not all names occur.
            validation_images: Likewise, to choose by; None splits a share of the training part off.
            validation_labels: Likewise.
            name: Short name for tables.
            axes: ``"NHW"``, ``"NHWC"`` or ``"NCHW"``, where the shape leaves it open.
            span: The values of black and white, where the type leaves them open.
            sha256: Without arrays: the digest of those that were meant, as an experiment stores it.

        Raises:
            DataError: If arrays do not fit each other, or could mean more than one thing.
            UsageError: If a part has images but no labels, or there are none at all.
        """
        given = {
            "training": (images, labels),
            "validation": (validation_images, validation_labels),
            "test": (test_images, test_labels),
        }
        if held := assembled(given, classes, name, axes, span):
            if sha256 not in ("", held.fingerprint):
                raise DataError(
                    f"these arrays have SHA-256 {held.fingerprint[:12]}, not {sha256[:12]}; they are "
                    "others than those that were meant"
                )
            sha256 = held.fingerprint
        self._hold(held, sha256, name)

    def _hold(self, held: Dataset | None, sha256: str, name: str) -> None:
        object.__setattr__(self, "sha256", sha256)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_held", held)

    @classmethod
    def of(cls, train: Any, test: Any = None, validation: Any = None, **options: Any) -> Arrays:
        """Data sets as other libraries hold them in Python, or one of our own.

        Args:
            train: A ``Dataset`` of ours; or an object with ``data`` and ``targets`` (or ``labels``)
                as torchvision's; or a sequence of ``(picture, label)`` pairs or of dicts with
                ``image`` and ``label``, a picture being a PIL image, an array or a tensor.
            test: Likewise, to test on.
            validation: Likewise, to choose by.
            options: As of ``Arrays``: ``classes``, ``name``, ``axes``, ``span``.

        Raises:
            DataError: If images have several sizes, or as ``Arrays``.
        """
        if isinstance(train, Dataset):
            if test is not None or validation is not None or options:
                raise UsageError(
                    "a Dataset has its parts and names already; give nothing beside it"
                )
            return cls._of_dataset(train)
        found = labeled(train)
        options.setdefault("classes", found.classes)
        options.setdefault("name", found.name)
        more: dict[str, Any] = {}
        for part, given in (("test", test), ("validation", validation)):
            if given is not None:
                other = labeled(given)
                if found.classes and other.classes and found.classes != other.classes:
                    raise DataError(
                        f"{part} classes are {other.classes}, training classes {found.classes}; give "
                        "both the same"
                    )
                more |= {f"{part}_images": other.images, f"{part}_labels": other.labels}
        return cls(found.images, found.labels, **more, **options)

    @classmethod
    def _of_dataset(cls, dataset: Dataset) -> Arrays:
        arrays = cls.__new__(cls)
        arrays._hold(dataset, dataset.fingerprint, dataset.name)
        return arrays


@read.register
def _read_arrays(source: Arrays, root: Path | None = None) -> Dataset:
    held: Dataset | None = getattr(source, "_held", None)
    if held is None:
        which = f" with SHA-256 {source.sha256[:12]}" if source.sha256 else ""
        raise DataError(
            f"the data are arrays named {source.name!r}{which}, which lay in a program's memory and in "
            "no file; give them again in Python: dataset=data.read(data.Arrays(images, labels, ...))"
        )
    return held
