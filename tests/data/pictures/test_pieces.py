import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from thumblab.data.pictures.pieces import label


@settings(deadline=None, max_examples=60)
@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_pieces_are_those_of_scipy(mask: np.ndarray) -> None:
    """The numbers may be others, but two pixels share one in both or in neither."""
    found, count = label(mask)
    wanted, expected = ndimage.label(mask, np.ones((3, 3)))
    assert count == expected
    assert len({*zip(found.ravel().tolist(), wanted.ravel().tolist(), strict=True)}) == len(
        np.unique(wanted)
    )
    assert ((found > 0) == mask).all()


def test_a_spiral_is_one_piece() -> None:
    spiral = ["#######", "......#", "#####.#", "#...#.#", "#.###.#", "#.....#", "#######"]
    mask = np.array([[letter == "#" for letter in row] for row in spiral])
    assert label(mask)[1] == 1
    assert label(~mask)[1] == 1
