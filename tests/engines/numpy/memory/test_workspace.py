import numpy as np

from thumblab.engines.numpy.memory.workspace import Workspace
from thumblab.kernels.layout import inside


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def test_memory_is_lent_again_only_when_nobody_refers_to_it() -> None:
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
