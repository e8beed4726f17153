"""What other libraries say when they fail, as one line of ours, without the advice that they give.

Some of it is to load files in a way that runs code found in them.
"""

from __future__ import annotations

import re

LONGEST = 300
"""Characters of it that are repeated."""

_UNSAFE = re.compile(
    r"weights_only|allow_pickle|trust_remote_code|safe_mode|safe_globals|unsafe|arbitrary code",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


def reason(error: BaseException) -> str:
    """Why a library failed: its own sentences but those that name a way round its safety.

    >>> reason(ValueError("Bad magic number. Set allow_pickle=True to load it."))
    'Bad magic number.'
    >>> reason(ValueError("Object arrays cannot be loaded when allow_pickle=False"))
    'ValueError'
    """
    sentences = (" ".join(each.split()) for each in _SENTENCE.split(str(error).strip()))
    message = " ".join(each for each in sentences if each and not _UNSAFE.search(each))
    if not message:
        return type(error).__name__
    return message if len(message) <= LONGEST else f"{message[: LONGEST - 3]}..."
