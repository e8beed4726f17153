"""Pictures of one's own as a network is shown them, and how they differ from what it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data import Characters, Dataset, DatasetSpec, read
from thumblab.data.flat import is_flat
from thumblab.data.pictures.appearance import Appearance, departures
from thumblab.data.pictures.picture import open_picture
from thumblab.data.sources.preparation import Preparation, intake_metadata, preparation_of, prepare
from thumblab.data.sources.sorted_pictures import Pictures
from thumblab.runs.run import Run

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL = 112

DISTORTED = 1.2
"""So many times its height, against its width, a picture may be stretched untold."""

Prepare = Preparation | Literal["auto"] | None
"""A preparation, ``auto`` for the one that the run was trained for, or None for pictures as they are."""


@dataclass(frozen=True)
class Intake:
    """How a run takes pictures in.

    Attributes:
        shape: What its network reads, ``(c, h, w)``.
        fit: How pictures got these sides.
        sorted_pictures: Whether it was trained on pictures of any shape.
        preparation: What makes pictures look like those of its data set, or None.
        appearance: How its training images look, or None where that is not known.
    """

    shape: tuple[int, int, int]
    fit: str
    sorted_pictures: bool
    preparation: Preparation | None
    appearance: Appearance | None


@dataclass(frozen=True, eq=False)
class Shown:
    """One picture.

    Attributes:
        thumbnail: The picture at no more than ``THUMBNAIL`` pixels a side, or None if it cannot be
            decoded.
        image: uint8 ``(h, w, c)``, what the network sees; None without a picture.
        warnings: Why what the network says of it may be wrong, or how it was read.
        error: Why it cannot be decoded.
    """

    thumbnail: Image.Image | None = None
    image: NDArray[np.uint8] | None = None
    warnings: tuple[str, ...] = ()
    error: str | None = None


def intake_of(run: Run, about: dict[str, Any]) -> Intake:
    """How a run takes pictures in; ``about`` is what its weights file says.

    A run of the past, which did not store it, takes what its data set has now, if that is at hand.

    Raises:
        RunError: If what it stored is damaged.
        UsageError: If its network does not read pictures.
    """
    shape = tuple(about["shape"])
    if len(shape) != 3:
        raise UsageError(f"{run.folder} reads features {shape}, not pictures")
    source = run.experiment.data
    if "preparation" not in about:
        about = about | _derived(run, source)
    try:
        preparation, appearance = (from_dict(about.get(n)) for n in ("preparation", "appearance"))
    except UsageError as error:
        raise RunError(f"{run.folder} is damaged ({error}); restore it or train again") from error
    sorted_pictures = isinstance(source, Pictures)
    fit = source.fit if isinstance(source, Pictures) else "stretch"
    return Intake(shape, fit, sorted_pictures, preparation, appearance)


def _derived(run: Run, source: DatasetSpec) -> dict[str, Any]:
    if not isinstance(source, Characters):
        return {"preparation": to_dict(preparation_of(source))}
    own: Dataset = read(source)  # it is inside the package
    if own.fingerprint != run.about.get("fingerprint"):
        return {}
    return intake_metadata(source, own.train.images)


def show(
    intake: Intake, files: Sequence[Path | bytes], prepare_with: Prepare = "auto"
) -> list[Shown]:
    """Each picture as the network is to see it; one that cannot be decoded has an error instead."""
    chosen = intake.preparation if isinstance(prepare_with, str) else prepare_with
    found = [_shown(intake, file, chosen) for file in files]
    images = [each.image for each in found if each.image is not None]
    if not images:
        return found
    stacked = np.stack(images)
    flat = is_flat(stacked)
    usual = intake.appearance
    unlike = [[]] * len(images) if usual is None else departures(usual, stacked)
    values = iter(zip(flat.tolist(), unlike, strict=True))
    return [each if each.image is None else _with(each, *next(values)) for each in found]


def _with(shown: Shown, flat: bool, unlike: list[str]) -> Shown:
    text = ["is one color all over, so that nothing can be told from it"] if flat else unlike
    return Shown(shown.thumbnail, shown.image, (*shown.warnings, *text))


def _shown(intake: Intake, file: Path | bytes, preparation: Preparation | None) -> Shown:
    try:
        picture = open_picture(file)
    except DataError as error:
        return Shown(error=str(error))
    notes = list(picture.notes)
    image = None
    if preparation is not None:
        pixels = np.asarray(picture.image)
        pixels = pixels.reshape(*pixels.shape[:2], -1)
        image = prepare(preparation, pixels, intake.shape)
        if image is None:
            notes.append("shows nothing that stands out from its ground, so it is taken as it is")
    if image is None:
        image = picture.pixels(intake.shape, intake.fit)
        notes += _distortion(intake, *picture.image.size)
    picture.image.thumbnail((THUMBNAIL, THUMBNAIL))
    return Shown(picture.image, image, tuple(notes))


def _distortion(intake: Intake, wide: int, high: int) -> list[str]:
    _, height, width = intake.shape
    by = (wide / high) / (width / height)
    if intake.sorted_pictures or 1 / DISTORTED <= by <= DISTORTED:
        return []
    return [f"is {wide} x {high} pixels and is stretched to {width} x {height}"]
