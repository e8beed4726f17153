import numpy as np

from thumblab.engines.numpy.memory import arena
from thumblab.engines.numpy.memory.arena import Arena


def test_vectors_are_zero_aligned_and_apart() -> None:
    space = Arena()
    vectors = [space.zeros(count, np.dtype(np.float32)) for count in (3, 1, 1000, 17)]
    for value, vector in enumerate(vectors):
        assert not vector.any()
        assert vector.ctypes.data % arena.LINE == 0
        vector[...] = value
    assert [set(vector.tolist()) for vector in vectors] == [{0.0}, {1.0}, {2.0}, {3.0}]


def test_more_than_a_piece_is_had_too() -> None:
    space = Arena()
    large = space.zeros(arena.PIECE // 4 + 5, np.dtype(np.float32))
    small = space.zeros(4, np.dtype(np.float64))
    large[...] = 1
    assert not small.any()
    assert space.zeros(0, np.dtype(np.float32)).size == 0


def test_a_view_refers_to_its_vector_alone() -> None:
    vector = Arena().zeros(12, np.dtype(np.float32))
    assert vector[:6].reshape(2, 3).base is vector
