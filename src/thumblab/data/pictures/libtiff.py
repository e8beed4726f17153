"""Silence of libtiff, which prints what is wrong with a file on the standard error of the process.

Pillow leaves it so, and raises an error besides, which says enough.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_lock = threading.Lock()
_inside = 0
_before: int | None = None


@contextmanager
def silent() -> Iterator[None]:
    """While this is open, in any thread, libtiff prints no errors; where it is not found, it does."""
    global _inside, _before
    library = _library()
    if library is None:
        yield
        return
    with _lock:
        if _inside == 0:
            _before = library.TIFFSetErrorHandler(None)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                library.TIFFSetErrorHandler(_before)


@cache
def _library() -> ctypes.CDLL | None:
    """The libtiff that Pillow has loaded."""
    from PIL import _imaging

    home = Path(_imaging.__file__).parent
    bundled = [*home.glob(".dylibs/libtiff*"), *home.parent.glob("pillow.libs/libtiff*")]
    paths = [*_mapped(), *map(str, bundled)]
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(paths[0]) if paths else None
        if library is not None:
            library.TIFFSetErrorHandler.restype = ctypes.c_void_p
            library.TIFFSetErrorHandler.argtypes = [ctypes.c_void_p]
        return library
    return None


def _mapped() -> list[str]:
    """Where Linux has it in this process."""
    try:
        lines = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [line[line.index("/") :] for line in lines if "/libtiff" in line]
