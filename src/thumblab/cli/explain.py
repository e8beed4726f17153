"""``thumblab explain``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from thumblab.cli import completion
from thumblab.cli.docstrings import docstring
from thumblab.cli.list import list_
from thumblab.cli.options import Json
from thumblab.cli.output import answer, table

if TYPE_CHECKING:
    from thumblab.config.catalog import Entry

Name = Annotated[str, Parameter(completer=completion.names)]

_SECTION = re.compile(r"^(?:Attributes|Args|Raises|Returns):\n(?:[ \t]+.*\n?|\n)*", re.MULTILINE)
_ITEM = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def explain(name: Name, /, *, json: Json = False) -> int:
    """Explain an optimizer, a layer, a model, a recipe, ...: formula, source, arguments with defaults.

    Example: `thumblab explain one_cycle`

    Example: `thumblab explain recipe:cifar10-94`

    Example: `thumblab explain my_file:MyLayer`

    Args:
        name: An optimizer, loss, schedule, augmentation, layer, model, data set, ... (`thumblab list` has
            them), recipe:NAME, or module:name for a class or function of yours.
        json: Print the result as JSON.
    """
    if (kind := _kind(name)) is not None:
        return list_(kind, json=json)
    values = list(_found(name))
    answer(values, "\n\n".join(map(_to_text, values)), as_json=json)
    return 0


def _kind(name: str) -> str | None:
    """The kind that ``name`` names, in singular or plural."""
    from thumblab.config.catalog import all_kinds

    return next((kind for kind in all_kinds() if name in (kind, kind.removesuffix("s"))), None)


def _found(name: str) -> Iterator[dict[str, Any]]:
    from thumblab.config import catalog, recipes
    from thumblab.core.errors import UsageError

    is_recipe = name.startswith(recipes.PREFIX) or name in recipes.names()
    if is_recipe:
        recipe = recipes.read_recipe(name)
        yield {
            "kind": catalog.RECIPES,
            "name": recipe.name,
            "about": recipe.about,
            "settings": _settings(recipe.settings),
        }
    if not name.startswith(recipes.PREFIX):
        try:
            yield from map(_to_json, catalog.find(name))
        except UsageError:
            if not is_recipe:
                raise


def _settings(given: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a recipe as the command line spells them."""
    from thumblab.config import format_value, plan

    found = plan(given)
    return {
        key: str(found.model) if key == "model" else format_value(getattr(found.draft, key, value))
        for key, value in given.items()
    }


def _to_json(entry: Entry) -> dict[str, Any]:
    from thumblab.config.call import SHORT

    about, descriptions = documented(entry.target)
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
                "about": descriptions.get(SHORT.get(each.name, each.name), ""),
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
    text = f"{values['name']} ({values['kind']})\n\n{values['about'].replace('``', '')}"
    if "settings" in values:
        rows = list(values["settings"].items())
        return f"{text}\n\n{table(('setting', 'value'), rows)}\n\nthumblab train recipe:{values['name']}"
    arguments = [
        (
            each["name"],
            each["default"] or "(required)",
            each["type"],
            each["about"].replace("``", ""),
        )
        for each in values["arguments"]
    ]
    if not arguments:
        return text
    return f"{text}\n\n{table(('argument', 'default', 'type', 'description'), arguments)}"
