"""``thumblab list``."""

from __future__ import annotations

from thumblab.cli.docstrings import docstring
from thumblab.cli.options import Json
from thumblab.cli.output import answer, table


def list_(kind: str | None = None, /, *, json: Json = False) -> int:
    """List what can be named: optimizers, losses, layers, models, ...

    Example: `thumblab list optimizers`

    Args:
        kind: Of what; the kinds are listed unless given.
        json: Print one JSON value.
    """
    from thumblab.config import catalog

    if kind is None:
        counts = {each: len(catalog.entries(each)) for each in catalog.kinds()}
        answer(
            counts, table(("kind", "names"), [(k, str(n)) for k, n in counts.items()]), as_json=json
        )
        return 0
    values = [
        {"kind": kind, "name": each.name, "about": first_line(docstring(each.target))}
        for each in catalog.entries(kind)
    ]
    rows = [(each["name"], each["about"]) for each in values]
    answer(values, table(("name", "about"), rows), as_json=json)
    return 0


def first_line(text: str) -> str:
    r"""What a docstring begins with.

    >>> first_line("Linear, from a to b.\n\n    More.")
    'Linear, from a to b.'
    """
    return (text.strip().splitlines() or [""])[0]
