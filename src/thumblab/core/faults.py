"""Faults on purpose, so that tests reach a crash at an exact point instead of by sleeping.

``THUMBLAB_FAULT=checkpoint.written:exit`` ends the process, as SIGKILL would, when the code reaches
``fault("checkpoint.written")``; ``:full`` raises the error of a full disk. Without it nothing happens.
"""

from __future__ import annotations

import errno
import os


def fault(point: str) -> None:
    """Fails here if the environment asks for it."""
    asked, _, kind = os.environ.get("THUMBLAB_FAULT", "").partition(":")
    if asked != point:
        return
    if kind == "exit":
        os._exit(137)
    raise OSError(errno.ENOSPC, "No space left on device")
