"""Which classes of ours a file may name: those that one of these packages imports, and no other."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

PACKAGES = (
    "thumblab.layers",
    "thumblab.optim",
    "thumblab.losses",
    "thumblab.data",
    "thumblab.experiment",
    "thumblab.analysis.mappings",
)
"""They are imported when a name is looked for, so that it is found in a fresh interpreter too."""


def find(name: str) -> type | None:
    """The class called ``name``, or None.

    >>> find("Conv").__module__, find("FusedConv")
    ('thumblab.layers.conv', None)
    """
    return next((kind for kind in _all() if kind.__name__ == name), None)


def names() -> list[str]:
    """All names, in order."""
    return sorted(kind.__name__ for kind in _all())


def _all() -> Iterator[type]:
    for package in PACKAGES:
        for name, kind in vars(importlib.import_module(package)).items():
            if (
                isinstance(kind, type)
                and kind.__name__ == name
                and kind.__module__.startswith(package)
            ):
                yield kind
