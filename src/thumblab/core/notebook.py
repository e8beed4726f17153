"""Pieces of HTML that values show themselves with in a notebook; every text is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

LONGEST = 300
"""Characters of a value that are shown."""


def facts(title: str, rows: Iterable[tuple[str, object]], *more: str) -> str:
    """A title, a table of names and values, and ``more`` HTML below it.

    >>> facts("Run", [("model", "<mlp>")])
    '<div><b>Run</b><table><tr><th>model</th><td>&lt;mlp&gt;</td></tr></table></div>'
    """
    cells = "".join(
        f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows
    )
    return f"<div><b>{_text(title)}</b><table>{cells}</table>{''.join(more)}</div>"


def folded(title: str, inside: str) -> str:
    """HTML that is seen once its title is clicked."""
    return f"<details><summary>{_text(title)}</summary>{inside}</details>"


def node(name: str, arguments: object, children: Iterable[str] = ()) -> str:
    """An item of a tree, with the HTML of its children.

    >>> node("Sequential", "", [node("Dense", "units=8")])
    '<li>Sequential <code></code><ul><li>Dense <code>units=8</code></li></ul></li>'
    """
    inside = "".join(children)
    below = f"<ul>{inside}</ul>" if inside else ""
    return f"<li>{_text(name)} <code>{_text(arguments)}</code>{below}</li>"


def picture(png: bytes, text: str) -> str:
    """A PNG inside the HTML, its pixels not blurred."""
    data = b64encode(png).decode()
    style = "image-rendering:pixelated"
    return f'<img alt="{_text(text)}" style="{style}" src="data:image/png;base64,{data}">'


def _text(value: object) -> str:
    text = str(value)
    return escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}...")
