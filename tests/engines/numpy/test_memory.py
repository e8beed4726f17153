"""Memory that is kept, in huge pages, and memory that processes share."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from thumblab.engines.numpy.memory import LINE, PIECE, Arena, Workspace, mapped, shared_zeros
from thumblab.kernels.layout import inside


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def test_memory_is_lent_again_only_when_nothing_refers_to_it() -> None:
    space = Workspace(np.dtype(np.float32))
    first = space.empty((4, 5), np.float32)
    second = space.empty((4, 5), np.float32)
    assert not np.shares_memory(first, second)
    place = address(first)
    del first
    third = space.empty((4, 5), np.float32)
    assert address(third) == place
    assert not np.shares_memory(second, third)


def test_a_view_keeps_memory_from_being_lent() -> None:
    space = Workspace(np.dtype(np.float32))
    first = space.empty((4, 5), np.float32)
    view = first[1:, ::2].T
    del first
    second = space.empty((4, 5), np.float32)
    assert not np.shares_memory(view, second)
    del view
    assert space.nbytes == 2 * 4 * 5 * 4


def test_a_closure_keeps_memory_from_being_lent() -> None:
    space = Workspace(np.dtype(np.float32))

    def layer() -> object:
        kept = space.empty((8,), np.float64)
        kept[...] = 7
        return lambda: kept.sum()

    backward = layer()
    space.empty((8,), np.float64)[...] = 0
    assert backward() == 56  # type: ignore[operator]


def test_a_shorter_last_batch_reuses_memory_and_a_longer_one_does_not_fit() -> None:
    space = Workspace(np.dtype(np.float32))
    place = address(space.empty((10, 3), np.float32))
    short = space.empty((4, 3), np.float32)
    assert short.shape == (4, 3)
    assert address(short) == place
    assert space.empty((12, 3), np.float32).shape == (12, 3)
    assert space.nbytes == (10 + 12) * 3 * 4


def test_shapes_and_dtypes_are_kept_apart() -> None:
    space = Workspace(np.dtype(np.float32))
    place = address(space.empty((4, 4), np.float32))
    kept = [space.empty((4, 2), np.float32), space.empty((4, 4), np.int32)]
    assert address(kept[0]) != place
    assert kept[1].dtype == np.int32


def test_the_border_stays_zero_after_reuse() -> None:
    space = Workspace(np.dtype(np.float32))
    for value in range(3):
        x = space.zero_padded(2, 3, 4, 5)
        assert x.shape == (2, 5, 6, 16, 5)
        outside = x.copy()
        inside(outside)[...] = 0
        assert not outside.any()
        inside(x)[...] = value + 1
        del x
    assert space.nbytes == 2 * 5 * 6 * 16 * 5 * 4


def test_bordered_and_plain_memory_are_never_mixed() -> None:
    space = Workspace(np.dtype(np.float32))
    space.empty((2, 5, 6, 16, 5), np.float32)[...] = 9
    x = space.zero_padded(2, 3, 4, 5)
    assert not x[:, 0].any()


def test_scratch_is_one_vector_a_name_that_grows() -> None:
    space = Workspace(np.dtype(np.float32))
    small = space.scratch("a", 10)
    assert np.shares_memory(space.scratch("a", 4), small)
    assert not np.shares_memory(space.scratch("b", 4), small)
    assert space.scratch("a", 20).shape == (20,)
    assert space.nbytes == (20 + 4) * 4


def test_vectors_are_zero_aligned_and_apart() -> None:
    space = Arena()
    vectors = [space.zeros(count, np.dtype(np.float32)) for count in (3, 1, 1000, 17)]
    for value, vector in enumerate(vectors):
        assert not vector.any()
        assert vector.ctypes.data % LINE == 0
        vector[...] = value
    assert [set(vector.tolist()) for vector in vectors] == [{0.0}, {1.0}, {2.0}, {3.0}]


def test_more_than_a_piece_is_had_too() -> None:
    space = Arena()
    large = space.zeros(PIECE // 4 + 5, np.dtype(np.float32))
    small = space.zeros(4, np.dtype(np.float64))
    large[...] = 1
    assert not small.any()
    assert space.zeros(0, np.dtype(np.float32)).size == 0


def test_a_view_refers_to_its_vector_alone() -> None:
    vector = Arena().zeros(12, np.dtype(np.float32))
    assert vector[:6].reshape(2, 3).base is vector


def test_it_is_zero_and_shaped() -> None:
    array = shared_zeros((3, 4), "f4")
    assert (array.shape, array.dtype, array.sum()) == ((3, 4), np.float32, 0)
    assert shared_zeros((0, 4), "f8").shape == (0, 4)


@pytest.mark.parametrize("size", [2**50, 2**62, 2**70])
def test_memory_that_is_not_there_is_a_memory_error(size: int) -> None:
    """The operating system says so by an OSError, which used to be reported as a bug."""
    with pytest.raises(MemoryError, match="MiB cannot be had"):
        mapped(size)
    with pytest.raises(MemoryError, match="MiB cannot be had"):
        shared_zeros((size,), np.uint8)
    if size < 2**62:
        with pytest.raises(MemoryError, match="MiB cannot be had"):
            Arena().zeros(size, np.dtype("u1"))


def test_options_are_handed_on() -> None:
    if hasattr(mmap, "MAP_PRIVATE"):
        assert len(mapped(10, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)) == 10
