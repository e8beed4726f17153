import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.core.errors import DataError
from thumblab.data.sources.idx import idx, idx_part


def test_sizes_are_read_big_endian(as_idx) -> None:
    array = np.arange(2 * 3 * 5).reshape(2, 3, 5)
    assert (idx(as_idx(array), 3, "x") == array).all()


def test_another_header_is_refused(as_idx) -> None:
    with pytest.raises(DataError, match=r"begins with 00 00 08 01, not with 00 00 08 03"):
        idx(as_idx(np.zeros(20)), 3, "x")
    with pytest.raises(DataError, match="begins with nothing"):
        idx(b"", 3, "x")
    with pytest.raises(DataError, match="begins with 3c 21 64 6f"):
        idx(b"<!doctype html>..........", 1, "x")


@pytest.mark.parametrize("count", [1, 3, 2**32 - 1])
def test_a_lying_header_is_refused_before_anything_is_allocated(count) -> None:
    data = bytes((0, 0, 8, 3)) + struct.pack(">III", count, 2**16, 2**16) + bytes(40)
    with pytest.raises(
        DataError, match=f"says it holds {count} x 65536 x 65536 bytes but holds 40"
    ):
        idx(data, 3, "x")


def test_counts_must_match(as_idx) -> None:
    with pytest.raises(DataError, match="4 images but 5 labels; give a matching pair"):
        idx_part(as_idx(np.zeros((4, 2, 2))), as_idx(np.zeros(5)), "x")


@given(
    st.binary(max_size=64)
    | st.builds(
        lambda sizes, body: bytes((0, 0, 8, 3)) + struct.pack(">III", *sizes) + body,
        st.tuples(*[st.integers(0, 4)] * 3),
        st.binary(max_size=64),
    )
)
def test_any_bytes_are_an_array_or_refused(data) -> None:
    try:
        array = idx(data, 3, "x")
    except DataError:
        return
    assert array.size == len(data) - 16


def test_sides_beyond_all_arrays_are_refused_even_without_images() -> None:
    data = bytes((0, 0, 8, 3)) + struct.pack(">III", 0, 2**32 - 1, 2**32 - 1)
    with pytest.raises(DataError, match="says it holds 0 x 4294967295 x 4294967295 bytes"):
        idx(data, 3, "x")
