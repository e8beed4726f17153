"""Every class of values that has been imported."""

from __future__ import annotations

from collections.abc import Iterator

from thumblab.core.value import Value


def kinds(base: type[Value] = Value) -> Iterator[type[Value]]:
    """Every subclass of ``base``, private ones too."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)
