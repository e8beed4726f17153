"""The device that a network computes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from thumblab.core.errors import UsageError

WANTING = ("can't allocate memory", "out of memory", "ALLOC_FAILED")
"""What PyTorch says of memory in errors of no type of their own: on the CPU, MPS and CUDA's libraries."""


def find_device(name: str, precision: str, place: int = 0) -> torch.device:
    """The device called ``name``; ``"auto"`` takes a GPU where there is one that has the precision.

    Args:
        name: ``"cpu"``, ``"cuda"``, ``"mps"`` or ``"auto"``.
        precision: What is to be computed there.
        place: Which of several GPUs of this machine.

    Raises:
        UsageError: If this machine has no such device, or it cannot compute in that precision.
    """
    found = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if name == "auto":
        kinds = ("cuda", "cpu") if precision == "float64" else ("cuda", "mps", "cpu")
        name = next(kind for kind in kinds if found[kind])
    if not found.get(name, False):
        known = ", ".join(kind for kind, there in found.items() if there)
        raise UsageError(f"PyTorch finds no device {name!r} here; choose from auto, {known}")
    if name == "mps" and precision == "float64":
        raise UsageError("device 'mps' has no float64; choose precision float32, or device cpu")
    if name == "cuda" and place >= torch.cuda.device_count():
        raise UsageError(
            f"GPU {place} was asked for but there are {torch.cuda.device_count()}; start one process "
            "for each with torchrun --nproc_per_node"
        )
    return torch.device("cuda", place) if name == "cuda" else torch.device(name)


def device_name(device: torch.device) -> str:
    """What a GPU is sold as; else ``"cpu"`` or ``"mps"``."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


@contextmanager
def memory_errors() -> Iterator[None]:
    """PyTorch's want of memory, on a GPU or not, as Python's own error."""
    try:
        yield
    except RuntimeError as error:
        message = str(error).partition("\n")[0]
        if isinstance(error, torch.OutOfMemoryError) or any(text in message for text in WANTING):
            raise MemoryError(message) from error
        raise
