"""What PyTorch keeps once for the whole process: generators, settings and threads.

They belong to the program that uses this package. A pass has them as it needs them, and leaves them as they
were.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from thumblab.core.errors import RunError
from thumblab.core.exclusive import ProcessLock

_generators_lock = ProcessLock()
_computed_in: list[int] = []
CUBLAS = "CUBLAS_WORKSPACE_CONFIG"
ATTENTION = ("flash", "mem_efficient", "cudnn")
"""Fused kernels of attention whose gradients' sums come in any order."""


@contextmanager
def drawing(device: torch.device, seed: int) -> Iterator[None]:
    """While this is open, what is drawn depends on ``seed`` alone; afterwards on what it did before.

    One thread at a time: there is one generator for all of them.
    """
    with _generators_lock():
        generators = _generators(device)
        states = [generator.get_state() for generator in generators]
        try:
            for generator in generators:
                generator.manual_seed(seed)
            yield
        finally:
            for generator, state in zip(generators, states, strict=True):
                generator.set_state(state)


def _generators(device: torch.device) -> list[Any]:
    """Those that a network on ``device`` may draw from."""
    found: list[Any] = [torch.default_generator]
    if device.type == "cuda":
        initialize: Any = torch.cuda.init
        initialize()
        found.append(torch.cuda.default_generators[device.index or 0])
    elif device.type == "mps":
        found.append(torch.mps._get_default_mps_generator())
    return found


@contextmanager
def repeating(device: torch.device, *, precise: bool) -> Iterator[None]:
    """While this is open, CUDA takes kernels whose bits repeat, and whole float32 products if ``precise``.

    PyTorch warns of what has no kernel that repeats. Other devices need none of this.
    """
    if device.type != "cuda":
        yield
        return
    cudnn, cuda = torch.backends.cudnn, torch.backends.cuda
    algorithms = torch.are_deterministic_algorithms_enabled()
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    flags = cudnn.benchmark, cudnn.allow_tf32
    fused = {name: getattr(cuda, f"{name}_sdp_enabled")() for name in ATTENTION}
    workspace = os.environ.get(CUBLAS)
    try:
        os.environ.setdefault(CUBLAS, ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
        cudnn.benchmark, cudnn.allow_tf32 = False, not precise
        for name in ATTENTION:
            getattr(cuda, f"enable_{name}_sdp")(False)
        yield
    finally:
        torch.use_deterministic_algorithms(algorithms, warn_only=warns)
        cudnn.benchmark, cudnn.allow_tf32 = flags
        for name, on in fused.items():
            getattr(cuda, f"enable_{name}_sdp")(on)
        if workspace is None:
            os.environ.pop(CUBLAS, None)


def check_threads() -> None:
    """Refuses to compute where PyTorch would wait for threads that a fork has not copied.

    Raises:
        RunError: If this process was forked from one that has computed with PyTorch.
    """
    process = os.getpid()
    if _computed_in != [process]:
        if _computed_in and torch.get_num_threads() > 1:
            raise RunError(
                "PyTorch's threads do not come along into a forked process, which would wait for them for "
                "ever; call torch.set_num_threads(1) in it first, or start it with the method 'spawn'"
            )
        _computed_in[:] = [process]
