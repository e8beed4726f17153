"""PyTorch, if it is installed; a test that needs it is skipped where it is not."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest


class Missing(ModuleType):
    """Stands in for a package that is not installed, and skips whatever looks into it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(
            "__"
        ):  # Python's own questions, as pytest's and doctest's collectors ask them
            raise AttributeError(name)
        pytest.skip(f"{self.__name__} is optional and not installed", allow_module_level=True)


try:
    import torch
except ModuleNotFoundError:
    torch = Missing("torch")
