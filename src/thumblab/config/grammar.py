"""The grammar's punctuation: where a text is cut, and what is a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from thumblab.core.errors import UsageError

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"

DEEPEST = 40
"""Parentheses inside of one another."""

_NUMBERS = re.compile(f"{NUMBER}(?:-{NUMBER})*")
_ONE = re.compile(f"({NUMBER})(?:-|$)")
_PLAIN = re.compile(r"[^\s,()+\"][^,()+\"]*(?<!\s)")


@dataclass(frozen=True)
class Call:
    """A name and its arguments, not yet looked up.

    Attributes:
        name: A name of ours, or ``module:name`` of the user's.
        arguments: Texts of the grammar, or what a TOML table holds.
    """

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


def split(text: str, mark: str) -> list[str]:
    """``text`` cut at every ``mark`` that is outside of parentheses and double quotes.

    >>> split('a=1,b=(c:d=2,e=3),f="x,y"', ",")
    ['a=1', 'b=(c:d=2,e=3)', 'f="x,y"']

    Raises:
        UsageError: If a parenthesis or a quote is not closed, or parentheses are nested too deep.
    """
    pieces, start, depth, quoted, escaped = [], 0, 0, False, False
    for place, letter in enumerate(text):
        if quoted:
            quoted = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == mark and depth == 0:
            pieces.append(text[start:place])
            start = place + 1
        else:
            quoted = letter == '"'
            depth += (letter == "(") - (letter == ")")
        if depth > DEEPEST:
            raise UsageError(f"parentheses are nested more than {DEEPEST} deep; name fewer parts")
        if depth < 0:
            break
    if depth or quoted:
        what = "quote" if quoted else "parenthesis"
        raise UsageError(f"{text!r} has an unpaired {what}; pair it, or quote the text as a whole")
    return [*pieces, text[start:]]


def bare(text: str) -> str:
    """``text`` without the parentheses around the whole of it.

    >>> bare("(step:factor=0.1)"), bare("(a)+(b)")
    ('step:factor=0.1', '(a)+(b)')
    """
    text = text.strip()
    while text[:1] == "(" and text[-1:] == ")" and _paired(text[1:-1]):
        text = text[1:-1].strip()
    return text


def _paired(text: str) -> bool:
    try:
        split(text, ",")
    except UsageError:
        return False
    return True


def numbers(text: str) -> list[str]:
    """The numbers that ``text`` joins by ``-``; none if it is anything else.

    >>> numbers("32-64"), numbers("1e-3--2"), numbers("32-wide")
    (['32', '64'], ['1e-3', '-2'], [])
    """
    return _ONE.findall(text) if _NUMBERS.fullmatch(text) else []


def quote(text: str) -> str:
    """A string as the grammar spells it: as it is where that cannot be mistaken, else quoted."""
    plain = _PLAIN.fullmatch(text) and text.lower() != "none"
    return text if plain else quoted(text)


def quoted(text: str) -> str:
    """``text`` in double quotes, as JSON has it."""
    return json.dumps(text, ensure_ascii=False)


def unquote(text: str) -> str:
    """The inverse of ``quote``.

    Raises:
        UsageError: If what stands in quotes is no JSON string.
    """
    text = text.strip()
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        raise UsageError(f"{text} is not one quoted text; quote all of it, once") from None


def call(text: str) -> Call:
    """The call that ``text`` spells.

    >>> call("crop:pad=4,mode=reflect")
    Call(name='crop', arguments={'pad': '4', 'mode': 'reflect'})
    >>> call("own:net:width=8").name
    'own:net'

    Raises:
        UsageError: If an argument has no value or comes twice.
    """
    text = bare(text)
    name, colon, rest = (part.strip() for part in text.partition(":"))
    own, more, others = rest.partition(":")
    if own.strip().isidentifier():
        name, colon, rest = f"{name}:{own.strip()}", more, others
    if not name or (colon and not rest.strip()):
        raise UsageError(f"{text!r} is not a name with arguments; write name:argument=value")
    return Call(name, _arguments(rest) if colon else {})


def _arguments(text: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for piece in split(text, ","):
        name, equals, value = (part.strip() for part in piece.partition("="))
        if not (name and equals and value):
            raise UsageError(f"{piece.strip()!r} is no argument; write argument=value")
        if name in found:
            raise UsageError(f"argument {name!r} is given twice; give it once")
        found[name] = value
    return found
