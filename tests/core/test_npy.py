"""Arrays in NumPy's format: what is read, and every way in which a header can be broken."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.core import npy


def file(array: np.ndarray[Any, Any], version: tuple[int, int] | None = None) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version)
    return stream.getvalue()


def headed(header: str, values: bytes = b"") -> bytes:
    head = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + values


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
@pytest.mark.parametrize("kind", [np.uint8, np.int64, ">f4", np.bool_, "U3"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_numpy_writes_comes_back(version: tuple[int, int], kind: Any, order: Any) -> None:
    array = np.arange(6).reshape(2, 3).astype(kind, order=order)
    found = npy.read(file(array, version))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), ",
        "{'descr: '|u1', 'fortran_order': False, 'shape': (3,)}",  # tokens that end nowhere
        "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), 1: 2}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': ('3',)}",
        "{'descr': ['|u1'], 'fortran_order': False, 'shape': (3,)}",
        "{'descr': 7, 'fortran_order': False, 'shape': (3,)}",
        "(" * 300,
        "-" * 9000 + "1",
        "  \n {\n\t '''",
        "x" * 20_000,
        "",
    ],
)
def test_a_broken_header_is_no_array(header: str) -> None:
    with pytest.raises(ValueError, match=r"^is no array "):
        npy.read(headed(header, b"abc"))


@pytest.mark.parametrize("shape", ["(4,)", "(2,)", "(-3,)", "(-1, -3)", "(1099511627776, 9)"])
def test_a_shape_that_lies_is_refused_before_anything_is_allocated(shape: str) -> None:
    with pytest.raises(ValueError, match=r"^says it is uint8 .* holds another number of bytes$"):
        npy.read(headed(f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}", b"abc"))


def test_objects_and_formats_to_come_are_refused() -> None:
    objects = io.BytesIO()
    np.save(objects, np.array([print], object))
    with pytest.raises(ValueError, match=r"^is an array of objects, which could run code$"):
        npy.read(objects.getvalue())
    with pytest.raises(ValueError, match=r"^is no array \(its format has version \(7, 0\)\)$"):
        npy.read(file(np.arange(3)).replace(b"Y\x01", b"Y\x07"))


WHOLE = file(np.arange(5))
SAID = ("is no array ", "says it is ", "is an array of objects")


@pytest.mark.filterwarnings("ignore:Data type alias:DeprecationWarning")  # a bit makes i an a
@given(st.integers(0, 8 * len(WHOLE) - 1))
def test_a_flipped_bit_is_a_value_error_or_an_array(bit: int) -> None:
    data = bytearray(WHOLE)
    data[bit // 8] ^= 1 << bit % 8
    said = SAID[0]
    try:
        npy.read(bytes(data))
    except ValueError as error:
        said = str(error)
    assert said.startswith(SAID)
