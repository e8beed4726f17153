"""What an audit has found, for people, and how it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from thumblab.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thumblab.audit import Finding, Rule

OPEN = 1
PATIENCE = 2.0
"""Seconds after which it is said what is being looked at."""


def progress() -> Callable[[Rule], None]:
    """Says what is being looked at, once it takes long."""
    last = time.monotonic()

    def tell(rule: Rule) -> None:
        nonlocal last
        if time.monotonic() - last > PATIENCE:
            last = time.monotonic()
            say(f"looking for {rule.code}: {rule.title[0].lower()}{rule.title[1:]}")

    return tell


def to_text(found: Sequence[Finding], asked: Sequence[Rule]) -> str:
    """A paragraph a finding, and how many rules were silent."""
    from thumblab.audit import RULES

    paragraphs = [
        f"{each.severity} {each.code}  {each.subject}\n"
        f"  {each.what}\n  why: {each.why}\n  do:  {each.remedy}"
        for each in found
    ]
    silent = len(asked) - len({each.code for each in found})
    end = f"{len(RULES)} rules, {silent} silent"
    left = len(RULES) - len(asked)
    return "\n\n".join([*paragraphs, f"{end}, {left} not asked" if left else end])


def exit_code(found: Sequence[Finding], *, strict: bool) -> int:
    """1 if errors are open and that is asked for."""
    return OPEN if strict and any(each.severity == "error" for each in found) else 0
