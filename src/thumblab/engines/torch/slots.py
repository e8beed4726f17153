"""What an optimizer keeps, between ``torch.optim`` and the flat arrays of the NumPy engine's checkpoints.

A slot is as long as all trained weights, in their order. What PyTorch keeps of the number of steps is
not saved: the caller of a step passes its number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thumblab.optim import set_learning_rate
from thumblab.optim.nadam import momenta

Slots = dict[str, NDArray[Any]]
OURS = {
    "momentum_buffer": "velocity",
    "exp_avg": "mean",
    "exp_avg_sq": "square",
    "square_avg": "square",
    "sum": "square",
    "exp_inf": "largest",
}
"""The NumPy engine's names of PyTorch's arrays, where they differ."""
COUNTS = ("step", "moves", "averaged")
PRODUCT = "mu_product"


def read_slots(optimizer: Any, parameters: list[torch.Tensor]) -> Slots:
    """Copies of all that ``optimizer`` keeps; empty before its first step."""
    entries = [_arrays(optimizer, parameter) for parameter in parameters]
    found = {}
    for name in sorted({name for entry in entries for name in entry}):
        parts = [
            entry.get(name, torch.zeros_like(parameter)).detach().reshape(-1).cpu().numpy()
            for entry, parameter in zip(entries, parameters, strict=True)
        ]
        found[name] = np.concatenate(parts)
    return found


def read_slot(optimizer: Any, parameters: list[torch.Tensor], name: str) -> list[torch.Tensor]:
    """What ``optimizer`` keeps under ``name``, weight by weight, where it is; empty if there is none."""
    entries = [_arrays(optimizer, parameter) for parameter in parameters]
    return [entry[name] for entry in entries] if all(name in entry for entry in entries) else []


def write_slots(optimizer: Any, parameters: list[torch.Tensor], slots: Slots) -> None:
    """Gives a new ``optimizer`` what ``read_slots`` or the NumPy engine has saved."""
    _begin(optimizer, parameters)
    begin = 0
    for parameter in parameters:
        end = begin + parameter.numel()
        for name, array in _arrays(optimizer, parameter).items():
            flat = slots.get(name)
            part = np.zeros(end - begin) if flat is None else flat[begin:end].copy()
            array.copy_(torch.from_numpy(part).view(parameter.shape))
        begin = end


def set_count(optimizer: Any, count: int) -> None:
    """Says how many steps have been done."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            entry = optimizer.state.get(parameter, {})
            for name in COUNTS:
                if name in entry:
                    whole = isinstance(entry[name], int)
                    entry[name] = count if whole else entry[name].fill_(count)
            if PRODUCT in entry:
                beta, decay = group["betas"][0], group["momentum_decay"]
                entry[PRODUCT].fill_(momenta(beta, decay, count)[2] if count else 1.0)


def _arrays(optimizer: Any, parameter: torch.Tensor) -> dict[str, torch.Tensor]:
    """What is kept for each element of a weight, by the NumPy engine's names."""
    entry = optimizer.state.get(parameter, {})
    return {
        OURS.get(name, name): value
        for name, value in entry.items()
        if isinstance(value, torch.Tensor) and name not in (*COUNTS, PRODUCT)
    }


def _begin(optimizer: Any, parameters: list[torch.Tensor]) -> None:
    """A step that moves nothing, so that ``optimizer`` makes its arrays."""
    before = [parameter.detach().clone() for parameter in parameters]
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    set_learning_rate(optimizer, 0.0)
    optimizer.step()
    with torch.no_grad():
        for parameter, old in zip(parameters, before, strict=True):
            parameter.copy_(old)
