"""Reads the pickles that CIFAR's Python version consists of, and can make nothing but plain data.

A pickle is a program, and Python's reader calls whatever it names. This one knows no names but
those by which NumPy describes an array, and answers them with stand-ins of its own, which copy a
shape, a type and bytes; even NumPy is not called before these have been checked. Every other name
ends the reading. The file is looked through beforehand, so that a number in it cannot make Python's
reader take more memory than the file has bytes.

This is the only place of the package where a pickle is read (``tests/test_house.py`` holds that).
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
from collections.abc import Callable
from typing import Any

import numpy as np

from thumblab.core.errors import DataError

TYPES = {"u1", "i1", "u2", "i2", "i4", "i8", "u4", "u8", "f4", "f8", "b1"}
"""Element types of arrays that are made."""

Plain = Any
"""An array, a str, bytes, int, float, bool or None, or a list or tuple of such; no list of arrays."""


def plain_data(data: bytes, name: str) -> dict[str, Plain]:
    """The entries of a pickled dict of plain data, by name; texts of Python 2 are bytes.

    Args:
        data: The whole file.
        name: What to call it in an error.

    Raises:
        DataError: If it is damaged, no such dict, or names anything but an array.
    """
    try:
        _check_memo(data)
        return _finished(_Closed(io.BytesIO(data), encoding="bytes").load())
    except DataError as error:
        raise DataError(f"{name} {error}") from None
    except (MemoryError, RecursionError):
        raise DataError(f"{name} is damaged, or no plain pickle; get it again") from None
    except Exception as error:  # damaged pickles raise errors of every kind
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{name} is damaged ({reason}); get it again") from None


class _Closed(pickle.Unpickler):
    """Finds stand-ins for the names that describe an array, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return _Name(lambda *_: _Array())
        if module in ("numpy.core.numeric", "numpy._core.numeric") and name == "_frombuffer":
            return _Name(_from_buffer)
        if module == "numpy" and name == "dtype":
            return _Name(lambda kind, *_: _Type(kind))
        if module == "numpy" and name == "ndarray":
            return _Name(_not_called)
        if module == "_codecs" and name == "encode":  # how Python 3 writes bytes for Python 2
            return _Name(_encoded)
        raise DataError(f"names {module}.{name}, so that reading it would run code; it is not read")

    def persistent_load(self, pid: Any) -> Any:
        raise DataError("refers to something outside of it; it is not read")


class _Name:
    """Something a pickle may call; it has no attributes that a pickle could set."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise DataError("changes a function; it is not read")


class _Type:
    """The element type of an array."""

    __slots__ = ("kind",)

    def __init__(self, kind: Any) -> None:
        text = kind.decode("ascii") if isinstance(kind, bytes) else kind
        if not isinstance(text, str) or text.lstrip("<|=") not in TYPES:
            raise DataError(f"has an array of {kind!r}, not of numbers; it is not read")
        self.kind = text.lstrip("<|=")

    def __setstate__(self, state: Any) -> None:
        """Byte order and the like; only that of this machine's kind is known."""
        if isinstance(state, tuple) and len(state) > 1 and state[1] in (">", b">"):
            raise DataError("has an array with its bytes in another order; it is not read")


class _Array:
    """An array that is being described."""

    __slots__ = ("fortran", "kind", "raw", "shape")

    def __init__(self) -> None:
        self.raw: Any = None

    def __setstate__(self, state: Any) -> None:
        _, self.shape, self.kind, self.fortran, self.raw = state

    def made(self) -> np.ndarray[Any, Any]:
        shape, raw = self.shape, self.raw
        whole = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
        if isinstance(raw, str):
            raw = raw.encode("latin1")
        if not (whole and isinstance(self.kind, _Type) and isinstance(raw, bytes | bytearray)):
            raise DataError("describes an array in an unknown way; get it again")
        kind = np.dtype(f"<{self.kind.kind}")
        if len(raw) != kind.itemsize * math.prod(shape):
            raise DataError(f"has {len(raw):,} bytes for an array of {shape}; get it again")
        order: Any = "F" if self.fortran else "C"
        return np.frombuffer(bytes(raw), kind).reshape(shape, order=order)


def _from_buffer(raw: Any, kind: Any, shape: Any, order: Any) -> _Array:
    found = _Array()
    found.__setstate__((1, shape, kind, order == "F", raw))
    return found


def _encoded(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise DataError("encodes texts in an unknown way; it is not read")
    return text.encode("latin1")


def _not_called(*arguments: Any) -> Any:
    raise DataError("calls numpy.ndarray; it is not read")


def _check_memo(data: bytes) -> None:
    """Refuses places in the reader's memory that a file of this length cannot need."""
    for code, argument, _ in pickletools.genops(data):
        if "PUT" in code.name and int(argument or 0) > len(data):
            raise DataError("names a place beyond all measure; it is not read")


def _finished(found: Any) -> dict[str, Plain]:
    """The entries of a dict, by name, with arrays in the places of their descriptions."""
    if type(found) is not dict:
        raise DataError(f"holds a {type(found).__name__}, not a dict; get the official file")
    return {_text(key): _entry(value) for key, value in found.items()}


def _entry(value: Any) -> Plain:
    """One entry: lists hold no lists, so that none is so deep, or so often the same, as to take long."""
    if isinstance(value, _Array):
        return value.made()
    items = value if type(value) in (list, tuple) else [value]
    for item in items:
        if not (item is None or type(item) in (str, bytes, int, float, bool)):
            raise DataError(f"holds a {type(item).__name__} in an entry; it is not read")
    return value


def _text(key: Any) -> str:
    if isinstance(key, bytes):
        return key.decode("utf-8", "replace")
    if isinstance(key, str):
        return key
    raise DataError(f"has an entry named {key!r}; get the official file")
