"""The predictions of a run: logits and labels by part, in a NumPy archive that is not trusted."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from thumblab.core import npy
from thumblab.core.errors import RunError
from thumblab.core.library_error import reason
from thumblab.storage import files

Predictions = dict[str, NDArray[Any]]
PARTS = ("validation", "test")
KINDS = ("labels", "logits", "tta_logits")


def write(path: Path, arrays: Predictions) -> None:
    """Replaces ``path``."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    files.write(path, buffer.getvalue(), name="predictions")


def digest(path: Path) -> str:
    """64 hex digits (SHA-256) over the file; the same predictions are the same file."""
    return sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> Predictions:
    """Labels ``(n,)`` and logits ``(n, outputs)`` by ``{validation,test}_{labels,logits,tta_logits}``.

    Raises:
        RunError: If the file is missing, damaged or holds anything else, before it is unpacked.
    """
    try:
        with ZipFile(path) as archive:
            _check_size(archive, path.stat().st_size)
            found = {
                _name(each.filename): _array(archive.read(each), each.filename)
                for each in archive.infolist()
            }
        if strange := set(found) - {f"{part}_{kind}" for part in PARTS for kind in KINDS}:
            raise ValueError(f"it holds other arrays too: {min(strange)!r}")
        for part in PARTS:
            if any(name.startswith(part) for name in found):
                _check_part(part, found)
    except (OSError, ValueError, EOFError, RuntimeError, BadZipFile) as error:
        raise RunError(
            f"{path} is missing or damaged ({reason(error)}); resume the training to write it again",
            remedies=("resume",),
        ) from error
    return found


def _name(member: str) -> str:
    """The name of an array; before 0.2 those of test-time augmentation were called views."""
    return member.removesuffix(".npy").replace("_views_", "_tta_")


def _array(data: bytes, name: str) -> NDArray[Any]:
    try:
        return npy.read(data)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _check_size(archive: ZipFile, size: int) -> None:
    """Raises ``ValueError`` if arrays would be larger than the file; ours are not compressed."""
    members = archive.infolist()
    packed = any(member.compress_type != ZIP_STORED for member in members)
    if packed or sum(member.file_size for member in members) > size:
        raise ValueError("its arrays are compressed")


def _check_part(part: str, found: Predictions) -> None:
    named = {kind: found.get(f"{part}_{kind}") for kind in KINDS}
    labels, logits = named["labels"], named["logits"]
    if labels is None or logits is None:
        raise ValueError(f"labels or logits of {part!r} are missing")
    if labels.ndim != 1 or labels.dtype != np.int64 or not len(labels):
        raise ValueError(f"{part} labels are {labels.dtype} of shape {labels.shape}")
    for each in (logits, named["tta_logits"]):
        if each is None:
            continue
        if each.ndim != 2 or len(each) != len(labels) or each.dtype.kind != "f":
            raise ValueError(f"{part} logits are {each.dtype} of shape {each.shape}")
        if not np.isfinite(each).all():
            raise ValueError(f"{part} logits are not all finite")
        if not 0 <= labels.min() <= labels.max() < each.shape[1]:
            raise ValueError(f"{part} labels are of classes that the logits have not")
