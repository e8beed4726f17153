"""``thumblab list``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from cyclopts import Parameter

from thumblab.cli import completion
from thumblab.cli.docstrings import docstring, first_line
from thumblab.cli.options import Json
from thumblab.cli.output import answer, table

Kind = Annotated[str | None, Parameter(completer=completion.kinds)]


def list_(kind: Kind = None, /, *, json: Json = False) -> int:
    """List everything that can be named: optimizers, losses, layers, models, recipes, ...

    Example: `thumblab list optimizers`

    Args:
        kind: Kind to list; without one, the kinds are listed.
        json: Print the result as JSON.
    """
    from thumblab.config.catalog import all_kinds

    if kind is None:
        counts = {each: len(list(named(each))) for each in all_kinds()}
        rows = [(each, str(count)) for each, count in counts.items()]
        answer(counts, table(("kind", "names"), rows), as_json=json)
        return 0
    values = [{"kind": kind, "name": name, "about": about} for name, about in named(kind)]
    rows = [(each["name"], each["about"].replace("``", "")) for each in values]
    answer(values, table(("name", "description"), rows), as_json=json)
    return 0


def named(kind: str) -> Iterator[tuple[str, str]]:
    """Each name of a kind, and the first line that is said of it.

    Raises:
        UsageError: If there is no such kind.
    """
    from thumblab.config import catalog, recipes
    from thumblab.core.errors import unknown

    if kind not in catalog.all_kinds():
        raise unknown("kind", kind, catalog.all_kinds())
    if kind == catalog.RECIPES:
        for name in recipes.names():
            yield name, first_line(recipes.read_recipe(name).about)
        return
    for entry in catalog.entries(kind):
        yield entry.name, first_line(docstring(entry.target))
