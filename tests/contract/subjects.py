"""What the contract tests are about, found by listing packages and the tests that mirror them."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from thumblab.core.layer import Layer, Shape
from thumblab.losses import Loss
from thumblab.optim import Optimizer, Schedule

TESTS = Path(__file__).parents[1]


def public(package: ModuleType, base: type) -> list[type]:
    """The concrete classes of ``package`` that derive from ``base``."""
    return [
        kind
        for kind in vars(package).values()
        if inspect.isclass(kind) and issubclass(kind, base) and kind is not base
    ]


def examples(folder: str) -> list[Any]:
    """``EXAMPLES`` of every test file in ``tests/<folder>``."""
    found: list[Any] = []
    for path in sorted((TESTS / folder).rglob("test_*.py")):
        name = ".".join(path.relative_to(TESTS.parent).with_suffix("").parts)
        module = importlib.import_module(name)
        found += getattr(module, "EXAMPLES", [])
    return found


LAYERS: list[tuple[Layer, Shape]] = examples("layers")
OPTIMIZERS: list[Optimizer] = [e for e in examples("optim") if isinstance(e, Optimizer)]
SCHEDULES: list[Schedule] = [e for e in examples("optim") if isinstance(e, Schedule)]
LOSSES: list[Loss] = examples("losses")
