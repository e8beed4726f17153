import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import UsageError
from thumblab.data.pictures.fit import FITS, check_fit, fitted

WIDE = Image.fromarray(np.repeat([[10, 200, 200, 30]], 2, 0).astype(np.uint8))


def test_each_fit_of_a_wide_picture() -> None:
    """A picture twice as wide as high, in a square of its height and one of its width."""
    assert np.asarray(fitted(WIDE, (2, 2), "crop")).tolist() == [[200, 200]] * 2
    padded = np.asarray(fitted(WIDE, (4, 4), "pad"))
    border = round((10 + 200 + 200 + 30 + 10 + 200 + 200 + 30 + 10 + 10 + 30 + 30) / 12)
    assert padded.tolist() == [[border] * 4, *[[10, 200, 200, 30]] * 2, [border] * 4]
    stretched = np.asarray(fitted(WIDE, (2, 2), "stretch"))
    assert (stretched[:, 0] < stretched[:, 1]).all()


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("sides", [(5, 9), (9, 5), (1, 1), (60, 3)])
def test_sides_and_mode_are_as_wanted(fit: str, mode: str, sides: tuple[int, int]) -> None:
    image = Image.new(mode, (40, 3), "red")
    made = fitted(image, sides, fit)
    assert (made.mode, made.size) == (mode, sides[::-1])
    assert made.getcolors() == [(sides[0] * sides[1], image.getpixel((0, 0)))]


@pytest.mark.parametrize("fit", FITS)
def test_a_picture_of_the_same_shape_is_only_resized(fit: str) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 4)).astype(np.uint8))
    assert (np.asarray(fitted(image, (6, 4), fit)) == np.asarray(image)).all()


def test_another_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="fit"):
        check_fit("squeeze")
