"""A table as Markdown, of the kind that GitHub and Sphinx read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from thumblab.report.tables.rows import Row, for_people, heads, numeric

MARKS = re.compile(r"([\\`*_\[\]|~$])")
"""What would be markup."""


def markdown_table(rows: Sequence[Row]) -> str:
    r"""A head and the rows; columns of numbers stand at the right.

    >>> print(markdown_table([{"arm": "a|b", "mean": 0.871234}]), end="")
    | arm | mean |
    |:---|---:|
    | a\|b | 0.8712 |
    """
    names = heads(rows)
    if not names:
        return ""
    sides = ["---:" if numeric(rows, name) else ":---" for name in names]
    lines = [_line(map(_escaped, names)), f"|{'|'.join(sides)}|"]
    lines += [_line(_escaped(for_people(row.get(name))) for name in names) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Text that shows as it is, in one line."""
    marked = (
        MARKS.sub(r"\\\1", text.replace("&", "&amp;")).replace("<", "&lt;").replace(">", "&gt;")
    )
    return "<br>".join(re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", marked))
