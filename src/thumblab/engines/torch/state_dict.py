"""PyTorch's own files of weights; nothing in them is run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thumblab.core.errors import DataError, UsageError
from thumblab.core.library_error import reason

Arrays = dict[str, NDArray[Any]]
OLDEST = (2, 10)
"""Before it, ``weights_only`` could be got round (CVE-2025-32434, GHSA-63cw-57p8-fm3p)."""
COMPILED = "_orig_mod."
"""What ``torch.compile`` puts into names."""
INSIDE = ("state_dict", "model", "module")
"""Where training scripts put the weights when they save more than those."""


def to_bytes(arrays: Arrays) -> bytes:
    """What ``torch.load`` reads as a dict of tensors."""
    buffer = io.BytesIO()
    torch.save({name: torch.tensor(array) for name, array in arrays.items()}, buffer)
    return buffer.getvalue()


def read(path: Path) -> Arrays:
    """The tensors of a file that ``torch.save`` wrote, as float32 or float64.

    Raises:
        UsageError: If this PyTorch is too old to read foreign files.
        DataError: If it is no such file, or holds anything but tensors.
    """
    if tuple(map(int, torch.__version__.split(".")[:2])) < OLDEST:
        raise UsageError(
            f"PyTorch {torch.__version__} cannot read foreign files safely; upgrade it to "
            f"{'.'.join(map(str, OLDEST))} or give a safetensors file"
        )
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a crafted file provokes
        raise DataError(
            f"{path} cannot be read ({reason(error)}); give a file that torch.save(module.state_dict()) wrote"
        ) from error
    for name in INSIDE:
        if isinstance(found, dict) and isinstance(found.get(name), dict):
            found = found[name]
    if not isinstance(found, dict) or not all(
        isinstance(value, torch.Tensor) for value in found.values()
    ):
        raise DataError(f"{path} holds more than tensors; save module.state_dict() alone")
    for name, value in found.items():
        whole = value.layout == torch.strided and not value.is_quantized
        if not whole or value.is_complex() or value.device.type != "cpu":
            raise DataError(
                f"{path}: {name!r} is {value.dtype} of layout {value.layout} on {value.device}; give "
                "dense real tensors"
            )
    return {str(name).replace(COMPILED, ""): _array(value) for name, value in found.items()}


def _array(value: torch.Tensor) -> NDArray[Any]:
    wide = value.dtype if value.dtype == torch.float64 else torch.float32
    found: NDArray[Any] = np.array(value.detach().to(wide).numpy())
    return found
