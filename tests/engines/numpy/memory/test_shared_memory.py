from __future__ import annotations

import mmap

import numpy as np
import pytest

from thumblab.engines.numpy.memory.arena import Arena
from thumblab.engines.numpy.memory.shared_memory import mapped, shared_zeros


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
