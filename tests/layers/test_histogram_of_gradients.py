import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import HistogramOfGradients
from thumblab.layers.histogram_of_gradients import directions, share

EXAMPLES = [
    (HistogramOfGradients(), (3, 8, 12)),
    (HistogramOfGradients(bins=4, cell=3, block=1), (1, 6, 9)),
    (HistogramOfGradients(bins=2, cell=1, block=3), (2, 3, 4)),
]


def histograms(layer: HistogramOfGradients, image: np.ndarray) -> np.ndarray:
    x = image[None, None].astype(np.float64)
    y, _ = Network(layer, x.shape[1:], dtype="f8", workers=1).run(x, training=False)
    return np.asarray(y[0])


def test_a_gradients_votes_sum_to_its_length() -> None:
    for bins in (2, 5, 9):
        turn = np.linspace(0, 2 * np.pi, 37)
        votes = [
            (np.cos(turn) * u + np.sin(turn) * v) ** (2 * bins - 2) for u, v in directions(bins)
        ]
        np.testing.assert_allclose(share(bins) * np.sum(votes, 0), 1)


@pytest.mark.parametrize(("ramp", "winner"), [("across", 0), ("down", 4), ("diagonal", 2)])
def test_the_direction_of_the_slope_wins(ramp: str, winner: int) -> None:
    down, across = np.mgrid[:8, :8]
    image = {"across": across, "down": down, "diagonal": across + down}[ramp]
    layer = HistogramOfGradients(bins=8, cell=4, block=1)
    for sign in (1, -1):  # dark to bright or bright to dark
        found = histograms(layer, sign * image)
        assert found.shape == (8, 2, 2)
        assert (found.argmax(0) == winner).all()


def test_blocks_have_length_1_and_hold_their_cells_in_row_order() -> None:
    image = np.random.default_rng(0).standard_normal((12, 8))
    single = histograms(HistogramOfGradients(bins=3, cell=4, block=1), image)
    found = histograms(HistogramOfGradients(bins=3, cell=4, block=2), image)
    assert found.shape == (12, 2, 1)
    np.testing.assert_allclose(np.square(found).sum(0), 1, rtol=1e-2)
    for place, (i, j) in enumerate(np.ndindex(2, 2)):
        ours = found[3 * place : 3 * place + 3, 0, 0]
        np.testing.assert_allclose(ours / np.linalg.norm(ours), single[:, i, j], rtol=1e-2)


def test_brightness_and_contrast_hardly_matter() -> None:
    image = np.random.default_rng(0).standard_normal((8, 8))
    layer = HistogramOfGradients()
    np.testing.assert_allclose(
        histograms(layer, image), histograms(layer, 3 * image + 5), atol=1e-2
    )


def test_a_flat_image_has_none() -> None:
    assert not histograms(HistogramOfGradients(), np.full((8, 8), 3.0)).any()


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="does not cut 30x32 pixels into whole cells"):
        HistogramOfGradients().out_shape((3, 30, 32))
    with pytest.raises(ShapeError, match="at least one block"):
        HistogramOfGradients().out_shape((3, 4, 32))
    with pytest.raises(ShapeError, match=r"reads \(channels, height, width\)"):
        HistogramOfGradients().out_shape((12,))
    with pytest.raises(ShapeError, match="bins must be at least 2"):
        HistogramOfGradients(bins=1)
