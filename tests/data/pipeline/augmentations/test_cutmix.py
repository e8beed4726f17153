import numpy as np
import pytest

from thumblab.data import CutMix
from thumblab.data.pipeline.mixing import kept, mix

ALWAYS = CutMix(1.0, probability=1.0)
A, B = np.zeros((400, 8, 12, 3), np.uint8), np.ones((400, 8, 12, 3), np.uint8)
DRAWS = np.random.default_rng(0).random((400, 4))


def test_the_share_is_what_remains_of_the_area() -> None:
    found = mix(ALWAYS, A, B, DRAWS)
    np.testing.assert_allclose(1 - found.mean((1, 2, 3)), kept(ALWAYS, (8, 12), DRAWS))


def test_what_is_pasted_is_a_rectangle_from_the_same_place() -> None:
    partners = np.random.default_rng(1).integers(1, 256, A.shape).astype(np.uint8)
    found = mix(ALWAYS, A, partners, DRAWS)
    for image, partner in zip(found, partners, strict=True):
        rows, columns = (image.any((1 - axis, 2)) for axis in (0, 1))
        inside = rows[:, None] & columns
        assert (image == np.where(inside[..., None], partner, 0)).all()
        for side in (rows, columns):
            assert np.count_nonzero(np.diff(side, prepend=False, append=False)) in (0, 2)


def test_alpha_1_makes_all_sizes_alike_but_for_the_border() -> None:
    middle = DRAWS.copy()
    middle[:, 2:] = 0.5
    pasted = 1 - kept(ALWAYS, (8, 12), middle)
    assert pasted.mean() == pytest.approx(0.5, abs=0.12)  # whole pixels round down
    at_border = DRAWS.copy()
    at_border[:, 2:] = 0.0
    assert (kept(ALWAYS, (8, 12), at_border) >= 1 - pasted).all()


def test_by_hand() -> None:
    draws = np.array([[0.0, 0.75, 0.5, 0.5], [0.6, 0.0, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]])
    found = mix(CutMix(1.0, 0.5), A[:3], B[:3], draws)[..., 0]
    assert np.argwhere(found[0]).min(0).tolist() == [2, 3]  # a half of each side, about (4, 6)
    assert np.argwhere(found[0]).max(0).tolist() == [5, 8]
    assert not found[1].any()  # left alone
    assert found[2].all()
