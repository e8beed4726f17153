"""``thumblab explain``."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from thumblab.cli.docstrings import docstring
from thumblab.cli.options import Json
from thumblab.cli.output import answer, table

if TYPE_CHECKING:
    from thumblab.config.catalog import Entry

_SECTION = re.compile(r"^(?:Attributes|Args|Raises|Returns):\n(?:[ \t]+.*\n?|\n)*", re.MULTILINE)
_ITEM = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def explain(name: str, /, *, json: Json = False) -> int:
    """Explain what has a name: what it does, its formula and source, its arguments.

    Example: `thumblab explain one_cycle`

    Args:
        name: Of an optimizer, loss, schedule, augmentation, layer, model, data set, ...;
            `thumblab list` has them.
        json: Print one JSON value.
    """
    from thumblab.config import catalog

    values = list(map(_to_json, catalog.find(name)))
    answer(values, "\n\n".join(map(_to_text, values)), as_json=json)
    return 0


def _to_json(entry: Entry) -> dict[str, Any]:
    from thumblab.config.call import SHORT

    about, told = documented(entry.target)
    return {
        "kind": entry.kind,
        "name": entry.name,
        "about": about,
        "arguments": [
            {
                "name": each.name,
                "type": each.wanted,
                "default": each.default,
                "required": each.default is None,
                "about": told.get(SHORT.get(each.name, each.name), ""),
            }
            for each in entry.arguments
        ],
    }


def documented(target: Any) -> tuple[str, dict[str, str]]:
    """What a docstring says of the whole, and of each argument; a class adds to what its bases say.

    >>> about, arguments = documented(documented)
    >>> about[:15], arguments
    ('What a docstrin', {})
    """
    sources = reversed(target.__mro__) if isinstance(target, type) else [target]
    texts = [inspect.cleandoc(docstring(each)) for each in sources if each is not object]
    arguments = {
        name: " ".join(about.split())
        for text in texts
        for section in _SECTION.findall(text)
        for name, about in _ITEM.findall(section)
    }
    return re.sub(r"\n{3,}", "\n\n", _SECTION.sub("\n", texts[-1])).strip(), arguments


def _to_text(values: dict[str, Any]) -> str:
    text = f"{values['name']} ({values['kind']})\n\n{values['about']}"
    rows = [
        (each["name"], each["default"] or "(to be given)", each["type"], each["about"])
        for each in values["arguments"]
    ]
    return f"{text}\n\n{table(('argument', 'default', 'is', 'about'), rows)}" if rows else text
