import numpy as np
import pytest

from thumblab.core.errors import DataError, ThumblabError
from thumblab.data.sources.pixels import to_pixels

GRAY = np.random.default_rng(0).integers(0, 256, (5, 4, 3)).astype(np.uint8)
COLOR = np.random.default_rng(1).integers(0, 256, (5, 4, 6, 3)).astype(np.uint8)


def test_bytes_stay_as_they_are_and_get_an_axis_of_channels() -> None:
    np.testing.assert_array_equal(to_pixels([GRAY])[0][..., 0], GRAY)
    np.testing.assert_array_equal(to_pixels([COLOR])[0], COLOR)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_bytes_over_255_come_back_exactly(kind) -> None:
    with pytest.warns(UserWarning, match=r"are read as 0 \(black\) to 1 \(white\)"):
        (found,) = to_pixels([(GRAY / 255).astype(kind)])
    np.testing.assert_array_equal(found[..., 0], GRAY)


@pytest.mark.parametrize("kind", [np.uint16, np.int64, np.float32])
def test_bytes_in_another_type_are_told(kind) -> None:
    with pytest.warns(UserWarning, match=r"are read as 0 \(black\) to 255 \(white\)"):
        (found,) = to_pixels([GRAY.astype(kind)])
    np.testing.assert_array_equal(found[..., 0], GRAY)


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int32])
def test_masks_are_black_and_white(kind) -> None:
    """Masks of 0 and 1 used to become black pictures."""
    with pytest.warns(UserWarning, match="black and white"):
        (found,) = to_pixels([(GRAY > 99).astype(kind)])
    np.testing.assert_array_equal(found[..., 0], np.where(GRAY > 99, 255, 0))


def test_a_declared_span_holds_for_every_part() -> None:
    deep = GRAY.astype(np.uint16) * 16 + 15
    found = to_pixels([deep, deep[:2] // 2], span=(0, 4095))
    np.testing.assert_array_equal(found[0][..., 0], np.rint(deep / 4095 * 255))
    np.testing.assert_array_equal(found[1][..., 0], np.rint((deep[:2] // 2) / 4095 * 255))
    (turned,) = to_pixels([GRAY], span=(255, 0))
    np.testing.assert_array_equal(turned[..., 0], 255 - GRAY)


def test_one_dark_part_is_scaled_like_the_others() -> None:
    with pytest.warns(UserWarning, match="0 .black. to 255"):
        _, dark = to_pixels([GRAY.astype(float), np.ones((1, 4, 3))])
    assert (dark == 1).all()


def test_channels_first_are_told_and_turned() -> None:
    with pytest.warns(
        UserWarning, match=r"\(5, 3, 4, 6\) are read as \(n, channels, height, width"
    ):
        (found,) = to_pixels([COLOR.transpose(0, 3, 1, 2)])
    np.testing.assert_array_equal(found, COLOR)


def test_features_stay_floats() -> None:
    (found,) = to_pixels([np.array([[-1.5, 300.0]])])
    assert (found.dtype, found.tolist()) == (np.float32, [[-1.5, 300.0]])


def test_dark_bytes_are_told() -> None:
    with pytest.warns(
        UserWarning, match=r"brightest pixel of all images is 15 of 255; if 15 stands"
    ):
        to_pixels([GRAY // 17])


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (GRAY.astype(float) / 16, r"run from .* to 15\.9.*, which is neither 0 to 1 nor 0 to 255"),
        (GRAY.astype(np.uint16) * 257, "run from .* to 65.*say which values are black and white"),
        (GRAY / 127.5 - 1, "neither 0 to 1 nor 0 to 255"),
        (GRAY.astype(int) - 1, "neither 0 to 1 nor 0 to 255"),
        (np.full((2, 3, 3), np.nan), "hold NaN or infinity"),
        (np.zeros((2, 3, 3, 3), np.uint8), r"first or last; say axes='NCHW' or 'NHWC'"),
        (np.zeros((2, 4, 4, 4), np.uint8), "with 1 or 3 channels"),
        (np.zeros((2, 784), np.uint8), "reshaped from rows of pixels"),
        (np.zeros((2, 3, 3), complex), "are no numbers"),
        (np.array(["a", "b"]), "are no numbers"),
    ],
)
def test_what_could_mean_two_things_is_refused(images, message) -> None:
    with pytest.raises(DataError, match=message):
        to_pixels([images])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"axes": "CHWN"}, "axes"),
        ({"axes": "NCHW"}, "are not NCHW with 1 or 3 channels"),
        ({"span": (3, 3)}, "give the values of black and white"),
        ({"span": (0, 1)}, r"beyond span=\(0, 1\)"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message) -> None:
    with pytest.raises(ThumblabError, match=message):
        to_pixels([COLOR], **options)


def test_parts_of_two_types_are_refused() -> None:
    with pytest.raises(DataError, match="have the types float64, uint8; give all of them one type"):
        to_pixels([GRAY, GRAY / 255])
