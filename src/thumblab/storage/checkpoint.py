"""Arrays in a safetensors file, guarded by a SHA-256 over the arrays and what is said of them."""

from __future__ import annotations

import errno
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from thumblab.core.errors import RunError
from thumblab.core.library_error import reason
from thumblab.storage import files

Arrays = dict[str, NDArray[Any]]
HEADER_BYTES = 4 << 20
"""What a file says of its arrays may not be longer: about 100 bytes are said of each."""


def digest(arrays: Arrays) -> str:
    """64 hex digits over the names, dtypes, shapes and bytes of ``arrays``."""
    state = sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        state.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        state.update(array.data)
    return state.hexdigest()


def _header(arrays: Arrays, message: str) -> dict[str, str]:
    """The file's metadata: one entry, because safetensors writes several in any order."""
    seal = sha256(f"{digest(arrays)} {message}".encode()).hexdigest()
    return {"thumblab": f"{seal} {message}"}


def sealed(arrays: Arrays, about: dict[str, Any]) -> bytes:
    """What ``load_arrays`` reads; ``about`` is any JSON data."""
    header = _header(arrays, json.dumps(about, sort_keys=True))
    whole = {key: np.ascontiguousarray(array) for key, array in arrays.items()}
    return save(whole, metadata=header)


def save_arrays(path: Path, arrays: Arrays, about: dict[str, Any], *, name: str) -> None:
    """Replaces ``path`` by ``sealed`` arrays."""
    files.write(path, sealed(arrays, about), name=name)


def ours(path: Path) -> bool:
    """Whether ``save_arrays`` wrote the file; others' weights come as safetensors too."""
    try:
        with safe_open(path, framework="numpy") as file:
            return "thumblab" in (file.metadata() or {})
    except (SafetensorError, OSError, ValueError):
        return False


def load_arrays(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """The arrays of ``path`` and what was said about them.

    Raises:
        RunError: If the file is missing, no safetensors file, or not what was written.
    """
    try:
        _check_header(path)
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise RunError(
            f"{path} is missing; resume the training to write it again", remedies=("resume",)
        ) from error
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError) as error:
        if getattr(error, "errno", None) == errno.ENOMEM:
            raise MemoryError(f"{path} does not fit into memory") from error
        raise RunError(f"{path} is damaged ({reason(error)}); restore it or train again") from error
    message = header.get("thumblab", "").partition(" ")[2]
    if header != _header(arrays, message):
        raise RunError(
            f"{path} is damaged: its SHA-256 is not the one it was written with; "
            "restore it or train again"
        )
    about = json.loads(message)
    if not isinstance(about, dict):
        raise RunError(f"{path} is damaged (what it says of its arrays); restore it or train again")
    return arrays, about


def _check_header(path: Path) -> None:
    """Raises ``RunError`` if the file claims to have a header beyond all measure."""
    with path.open("rb") as file:
        claimed = int.from_bytes(file.read(8), "little")
    if claimed > HEADER_BYTES:
        raise RunError(
            f"{path} is damaged (it claims a header of {claimed:,} bytes; at most {HEADER_BYTES:,} are "
            "read); restore it or train again"
        )
