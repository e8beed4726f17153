"""A pass that can be broken off between two modules, on its way forth and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from thumblab.core.errors import StepAbandonedError


class Halt:
    """Asks between two modules whether to stop; modules have hooks only once that may be asked.

    What ``torch.compile`` makes of a network runs its hooks too, but is cut in pieces by them.
    """

    def __init__(self) -> None:
        self._should_stop: Callable[[], bool] | None = None
        self._watched: list[torch.nn.Module] = []

    def heed(self, should_stop: Callable[[], bool]) -> None:
        """Breaks passes off from now on once ``should_stop`` says so."""
        waiting = self._watched if self._should_stop is None else []
        self._should_stop = should_stop
        for module in waiting:
            self._hook(module)

    def watch(self, module: torch.nn.Module) -> None:
        """Asks between the modules inside ``module``."""
        self._watched.append(module)
        if self._should_stop is not None:
            self._hook(module)

    def _hook(self, module: torch.nn.Module) -> None:
        for leaf in module.modules():
            if not any(True for _ in leaf.children()):
                leaf.register_forward_hook(self._after)

    def _after(self, module: torch.nn.Module, inputs: Any, output: Any) -> None:
        self._check()
        if isinstance(output, torch.Tensor) and output.requires_grad:
            watched: Any = output
            watched.register_hook(self._check)

    def _check(self, gradient: torch.Tensor | None = None) -> None:
        if self._should_stop is not None and self._should_stop():
            raise StepAbandonedError
