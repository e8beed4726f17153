"""Docstrings, of which help is made: a paragraph a line, and there where ``-OO`` has stripped them."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from contextlib import suppress
from typing import Any


def docstring(thing: Any) -> str:
    """What a class or a function says of itself, read from its source if need be."""
    if sys.flags.optimize < 2:
        return thing.__doc__ or ""
    with suppress(OSError, TypeError, SyntaxError):
        (found,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
        if isinstance(found, ast.FunctionDef | ast.ClassDef):
            return ast.get_docstring(found, clean=False) or ""
    return ""


def first_line(text: str) -> str:
    r"""What a docstring begins with.

    >>> first_line("Linear, from a to b.\n\n    More.")
    'Linear, from a to b.'
    """
    return (text.strip().splitlines() or [""])[0]


def unwrapped(text: str) -> str:
    r"""A docstring with every paragraph, and every argument, on one line, for the terminal to wrap.

    >>> print(unwrapped("First,\n    and on.\n\n    Args:\n        a: One\n            two."))
    First, and on.
    <BLANKLINE>
    Args:
        a: One two.
    """
    lines: list[str] = []
    for line in inspect.cleandoc(text).splitlines():
        deep = len(line) - len(line.lstrip())
        before = lines[-1] if lines else ""
        begins = not before.strip() or before in _SECTIONS or deep == _DEEP
        if begins or not line.strip() or line in _SECTIONS:
            lines.append(line)
        else:
            lines[-1] += f" {line.strip()}"
    return "\n".join(lines)


_SECTIONS = ("Args:", "Attributes:")
_DEEP = 4  # of an argument


def unwrap_docstring(thing: Any) -> None:
    """Gives a verb, or a class of options, its docstring unwrapped."""
    thing.__doc__ = unwrapped(docstring(thing))


def restore_docstrings(package: str) -> None:
    """Gives the classes and functions of all imported modules of ``package`` theirs back."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{package}."):
            for thing in vars(module).values():
                if getattr(thing, "__module__", None) == name and not isinstance(thing, str):
                    with suppress(AttributeError, TypeError):
                        thing.__doc__ = docstring(thing)
