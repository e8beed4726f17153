"""The device that a network computes on."""

from __future__ import annotations

import torch

from thumblab.core.errors import UsageError


def find_device(name: str, precision: str, place: int = 0) -> torch.device:
    """The device called ``name``; ``"auto"`` takes a GPU where there is one.

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
        name = next(kind for kind in ("cuda", "mps", "cpu") if found[kind])
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
