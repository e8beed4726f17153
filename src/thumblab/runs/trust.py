"""Which code out of run folders may be executed: what the user trained with here, or has said to trust."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from thumblab.core.source_text import digests

_here: set[str] = set()
"""Trusted by this process, even where nothing can be written."""


def trust_file() -> Path:
    """Where trust is remembered: a line of 64 hex digits for each set of source files."""
    from platformdirs import user_config_path

    return user_config_path("thumblab", appauthor=False) / "trusted"


def name_of(texts: dict[str, bytes]) -> str:
    """64 hex digits (SHA-256) over the names and the text of all modules."""
    return sha256(json.dumps(digests(texts), sort_keys=True).encode()).hexdigest()


def trust(texts: dict[str, bytes]) -> None:
    """Remembers that these modules may be executed, in every later process of this user."""
    name = name_of(texts)
    if not texts or is_trusted(texts):
        return
    _here.add(name)
    with suppress(OSError):  # a home that cannot be written: it is asked for again
        path = trust_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{name}\n")


def is_trusted(texts: dict[str, bytes]) -> bool:
    """Whether exactly these modules, with exactly this text, may be executed."""
    if name_of(texts) in _here:
        return True
    try:
        return name_of(texts) in trust_file().read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
