"""Everything that has a name in texts: by kind, with its arguments as the grammar spells them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from thumblab.config.call import SHORT
from thumblab.config.fit import describe
from thumblab.config.formatting import format_value
from thumblab.config.model import zoo_models
from thumblab.config.names import known, own, plain
from thumblab.core.errors import UsageError, unknown
from thumblab.core.layer import Layer
from thumblab.core.value import Value
from thumblab.data import Augmentation, DatasetSpec, Normalization, Resizing, Sampling
from thumblab.experiment import TTA
from thumblab.losses import Loss
from thumblab.optim import Optimizer, Schedule

BASES: dict[str, type[Value]] = {
    "optimizers": Optimizer,
    "losses": Loss,
    "schedules": Schedule,
    "augmentations": Augmentation,
    "layers": Layer,
    "data": DatasetSpec,
    "normalizations": Normalization,
    "samplings": Sampling,
    "resizings": Resizing,
    "tta": TTA,
}


@dataclass(frozen=True)
class Argument:
    """An argument of something named.

    Attributes:
        name: As texts have it.
        wanted: What it has to be, in words.
        default: As the grammar spells it; None where it has to be given.
    """

    name: str
    wanted: str
    default: str | None


@dataclass(frozen=True)
class Entry:
    """Something named.

    Attributes:
        kind: ``optimizers``, ``models``, ...
        name: As texts have it.
        target: The class, or the function of the zoo.
    """

    kind: str
    name: str
    target: Callable[..., Any]

    @property
    def arguments(self) -> list[Argument]:
        """What may be given behind its name; the data give the classes of a model."""
        parameters = list(inspect.signature(self.target).parameters.values())
        hints = get_type_hints(self.target)
        short = {name: text for text, name in SHORT.items()}
        return [
            Argument(
                short.get(each.name, each.name),
                spelled(hints.get(each.name, Any)),
                None if each.default is each.empty else format_value(each.default),
            )
            for each in parameters[self.kind == "models" :]
            if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
        ]


RECIPES = "recipes"
"""A kind of names too, but no entries: recipes are files."""


def kinds() -> list[str]:
    """What ``entries`` knows."""
    return [*BASES, "models"]


def all_kinds() -> list[str]:
    """Of everything that has a name, recipes included."""
    return [*kinds(), RECIPES]


def entries(kind: str) -> list[Entry]:
    """Everything of a kind, by its name.

    >>> [each.name for each in entries("samplings")]
    ['balanced', 'uniform']

    Raises:
        UsageError: If there is no such kind.
    """
    if kind not in kinds():
        raise unknown("kind of things", kind, kinds())
    found: Mapping[str, Callable[..., Any]]
    found = zoo_models() if kind == "models" else known(BASES[kind])
    return [Entry(kind, name, found[name]) for name in sorted(found)]


def find(name: str) -> list[Entry]:
    """Everything that is called ``name``, of whatever kind; or the user's own ``module:name``.

    Raises:
        UsageError: If nothing is.
    """
    module, colon, attribute = name.partition(":")
    if colon:
        target = own(module, attribute)
        return [Entry(_kind(target), name, target)]
    every = [entry for kind in kinds() for entry in entries(kind)]
    found = [entry for entry in every if plain(entry.name) == plain(name)]
    if not found:
        close = difflib.get_close_matches(name, sorted({entry.name for entry in every}), 3)
        guess = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
        raise UsageError(
            f"unknown name {name!r}; {guess}there are {len(every)} names of {len(kinds())} kinds: "
            f"{', '.join(kinds())}"
        )
    return found


def _kind(target: Any) -> str:
    """What the user's class or function is; a function makes a model."""
    if isinstance(target, type):
        for kind, base in BASES.items():
            if issubclass(target, base):
                return kind
    if isinstance(target, type) or not callable(target):
        bases = ", ".join(base.__name__ for base in BASES.values())
        raise UsageError(f"{target!r} is no model; name a function, or a class of one of {bases}")
    return "models"


def spelled(wanted: Any) -> str:
    """What an annotation asks for, in words.

    >>> spelled(float | None), spelled(tuple[int, ...])
    ('a number or none', 'a whole number, several joined by -')
    """
    inner = get_args(wanted)
    if get_origin(wanted) in (Union, UnionType):
        return " or ".join(map(spelled, inner))
    if get_origin(wanted) is tuple:
        if Ellipsis not in inner:
            return " and ".join(map(spelled, inner)) + ", joined by -"
        of_values = isinstance(inner[0], type) and issubclass(inner[0], Value)
        return f"{spelled(inner[0])}, several joined by {'+' if of_values else '-'}"
    return "anything" if wanted is Any else describe(wanted)
