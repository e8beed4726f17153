"""Recipes: the experiment files of the package, named as ``recipe:cifar10-94``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, Any

from thumblab.core.errors import unknown

PREFIX = "recipe:"
"""What a recipe has before its name wherever an experiment file may be given."""

ENDING = ".toml"


@dataclass(frozen=True)
class Recipe:
    """What a recipe says.

    Attributes:
        name: Without ``recipe:`` before it.
        about: The comment at the top of its file.
        settings: By key, as TOML has them.
    """

    name: str
    about: str
    settings: dict[str, Any]


def names() -> list[str]:
    """Names of all recipes, sorted; those of a published study are in a folder of their own.

    >>> [name for name in names() if name.startswith("r2/")]
    ['r2/cnn', 'r2/res']
    """
    return sorted(_recipes())


def open_recipe(name: str) -> IO[bytes]:
    """The file of the recipe called ``name``, opened for reading; close it.

    Args:
        name: With or without ``recipe:`` before it.

    Raises:
        UsageError: If there is none.

    >>> with open_recipe("r2/cnn") as file:
    ...     print(b"model" in file.read())
    True
    """
    recipes, asked = _recipes(), name.removeprefix(PREFIX)
    if asked not in recipes:
        raise unknown("recipe", asked, recipes)
    return recipes[asked].open("rb")


def read_recipe(name: str) -> Recipe:
    """The recipe called ``name``, with or without ``recipe:`` before it.

    Raises:
        UsageError: If there is none.

    >>> read_recipe("characters").settings["epochs"]
    16
    """
    with open_recipe(name) as file:
        text = file.read().decode("utf-8")
    comment: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line.removeprefix("#").strip())
    return Recipe(name.removeprefix(PREFIX), "\n".join(comment), tomllib.loads(text))


def recipe_name(path: Path | str) -> str | None:
    """The name behind ``recipe:`` in ``path``; None if it is the path of a file.

    >>> recipe_name("recipe:r2/cnn"), recipe_name("recipe.toml")
    ('r2/cnn', None)
    """
    text = Path(path).as_posix()
    return text.removeprefix(PREFIX) if text.startswith(PREFIX) else None


def _recipes() -> dict[str, Traversable]:
    """The file of each recipe by its name."""
    return dict(_below(files("thumblab") / "recipes", ""))


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _below(each, f"{prefix}{each.name}/")
        elif each.name.endswith(ENDING):
            yield prefix + each.name.removesuffix(ENDING), each
