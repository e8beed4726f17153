"""Files of weights that others wrote, as arrays by name; nothing in them is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from thumblab.core.errors import DataError, UsageError
from thumblab.core.library_error import reason
from thumblab.storage.checkpoint import Arrays

SUFFIXES = {
    ".safetensors": "safetensors",
    ".pt": "state_dict",
    ".pth": "state_dict",
    ".bin": "state_dict",
    ".ckpt": "state_dict",
}
KINDS = {
    "BOOL": "?",
    **{f"F{8 * size}": f"<f{size}" for size in (2, 4, 8)},
    **{f"{name}{8 * size}": f"<{name.lower()}{size}" for name in "IU" for size in (1, 2, 4, 8)},
}
"""What NumPy calls the kinds of numbers in safetensors files."""
HEADER_BYTES = 1 << 20
"""What a safetensors file says of its tensors may not be longer; that of ``resnet110`` has 51 kB."""
UNCOUNTED = ".num_batches_tracked"
"""PyTorch's BatchNorm counts batches, and does not use the count."""


def format_of(path: Path, remedy: str) -> str:
    """``safetensors`` or ``state_dict``, by the ending of a file's name.

    Raises:
        UsageError: If it ends in neither.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path} ends neither in .safetensors nor in .pt; {remedy}")
    return SUFFIXES[path.suffix.lower()]


def read_external(source: Path, *, trusted: bool = False) -> Arrays:
    """The tensors of a safetensors file, or of one that ``torch.save`` wrote, as float32 or float64.

    A prefix ``module.`` that all names have (PyTorch's data parallel) is taken off.

    Args:
        source: The file; its ending says which of the two it is.
        trusted: Whether a file of ``torch.save`` is read; only tensors are accepted from it.

    Raises:
        UsageError: If it is one of ``torch.save`` and not trusted, or PyTorch is missing or too old.
        DataError: If there is no such file, or it cannot be read.
    """
    if not source.is_file():
        raise DataError(f"{source} is no file; name the weights to take")
    if format_of(source, "say which by its ending") == "state_dict":
        if not trusted:
            raise UsageError(
                f"{source} may hold code, which is not run, but take it from a source you trust and "
                "say that it is trusted, or have it as safetensors",
                remedies=("trusted",),
            )
        found = state_dict().read(source)
    else:
        try:
            _check_header(source)
            tensors: Any = deserialize(source.read_bytes())  # type: ignore[no-untyped-call]
            found = {name: _array(values) for name, values in tensors}
        except (SafetensorError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise DataError(
                f"{source} is no safetensors file that can be read ({reason(error)})"
            ) from error
    if found and all(name.startswith("module.") for name in found):
        found = {name.removeprefix("module."): array for name, array in found.items()}
    return {name: array for name, array in found.items() if not name.endswith(UNCOUNTED)}


def _check_header(source: Path) -> None:
    """Raises ``DataError`` if a safetensors file claims to have a header beyond all measure."""
    with source.open("rb") as file:
        claimed = int.from_bytes(file.read(8), "little")
    if claimed > HEADER_BYTES:
        raise DataError(
            f"{source} is no safetensors file that can be read (it claims a header of {claimed:,} bytes; "
            f"at most {HEADER_BYTES:,})"
        )


def _array(values: dict[str, Any]) -> NDArray[Any]:
    """float64 as it is, all other real numbers as float32: the precisions that networks have."""
    kind, data = values["dtype"], values["data"]
    if kind == "BF16":  # the upper half of a float32
        flat = (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    elif kind in KINDS:
        flat = np.frombuffer(data, KINDS[kind])
    else:
        raise ValueError(f"it holds numbers of kind {kind}; bring them to float32 first")
    precision = np.float64 if kind == "F64" else np.float32
    return flat.reshape(values["shape"]).astype(precision)


def state_dict() -> Any:
    """The module that reads and writes PyTorch's own files.

    Raises:
        UsageError: If PyTorch is not installed.
    """
    try:
        from thumblab.engines.torch import state_dict
    except ModuleNotFoundError as error:
        raise UsageError(
            "files of torch.save need PyTorch; install it with pip install 'thumblab[torch]', or "
            "take safetensors"
        ) from error
    return state_dict
