r"""A table as LaTeX, with the rules of the package booktabs (``\usepackage{booktabs}``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thumblab.report.tables.rows import Row, for_people, heads, is_number, numeric

MARKS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
    "±": r"\(\pm\)",
    "×": r"\(\times\)",
} | {mark: f"\\{mark}" for mark in "&%$#_{}"}
"""What LaTeX would take for a command, or draw otherwise."""


def latex_table(rows: Sequence[Row]) -> str:
    r"""A ``tabular``; columns of numbers stand at the right.

    It needs ``\usepackage{booktabs}``, and ``\usepackage[T1]{fontenc}`` for quotation marks.

    >>> print(latex_table([{"arm": "50 % a_b", "mean": 0.871234}]), end="")
    \begin{tabular}{lr}
    \toprule
    arm & mean \\
    \midrule
    50 \% a\_b & 0.8712 \\
    \bottomrule
    \end{tabular}
    """
    names = heads(rows)
    if not names:
        return ""
    sides = "".join("r" if numeric(rows, name) else "l" for name in names)
    head = [f"\\begin{{tabular}}{{{sides}}}", "\\toprule", _line(map(_escaped, names)), "\\midrule"]
    body = [_line(_cell(row, name) for name in names) for row in rows]
    return "\n".join([*head, *body, "\\bottomrule", "\\end{tabular}"]) + "\n"


def _line(cells: Iterable[str]) -> str:
    r"""A row; one that would begin with a bracket would be an argument of the ``\\`` before it."""
    text = " & ".join(cells)
    return f"{'{}' if text.startswith(('[', '*')) else ''}{text} \\\\"


def _cell(row: Row, name: str) -> str:
    """A negative number has a minus sign, not a hyphen."""
    text = for_people(row.get(name))
    if is_number(row.get(name)) and text.startswith("-"):
        return f"\\(-\\){_escaped(text[1:])}"
    return _escaped(text)


def _escaped(text: str) -> str:
    """Text that shows as it is, in one line."""
    return "".join(MARKS.get(letter, letter) for letter in " ".join(text.split()))
