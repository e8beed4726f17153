import numpy as np
import pytest

from thumblab.data import ColorJitter, augment

LUMA = np.array([0.299, 0.587, 0.114])
MOST = np.nextafter(1.0, 0.0)
IMAGES = np.random.default_rng(0).integers(40, 200, (5, 9, 7, 3)).astype(np.uint8)
DRAWS = np.random.default_rng(1).random((5, 4))


def plain(image: np.ndarray, draws: np.ndarray, most: tuple[float, ...]) -> np.ndarray:
    """Step by step, as the docstring has it, without rounding between."""
    brightness, contrast, saturation = 1 + (2 * draws[:3] - 1) * most[:3]
    p = image.astype(float) * brightness
    p = contrast * p + (1 - contrast) * (p @ LUMA).mean()
    p = saturation * p + (1 - saturation) * (p @ LUMA)[..., None]
    to_yiq = np.array([LUMA, [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    angle = 2 * np.pi * (2 * draws[3] - 1) * most[3]
    y, i, q = np.moveaxis(p @ to_yiq.T, -1, 0)
    i, q = i * np.cos(angle) - q * np.sin(angle), i * np.sin(angle) + q * np.cos(angle)
    return np.clip(np.stack([y, i, q], -1) @ np.linalg.inv(to_yiq).T, 0, 255)


@pytest.mark.parametrize(
    "most", [(0.2, 0.0, 0.0, 0.0), (0.0, 0.5, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.4, 0.3, 0.6, 0.2)]
)
def test_one_linear_map_is_the_steps_one_after_the_other(most: tuple[float, ...]) -> None:
    found = augment(ColorJitter(*most), IMAGES, DRAWS)
    for image, draws, changed in zip(IMAGES, DRAWS, found, strict=True):
        assert np.abs(changed - plain(image, draws, most)).max() <= 0.501


def test_hue_leaves_gray_levels_as_they_are() -> None:
    found = augment(ColorJitter(0, 0, 0, 0.1), IMAGES, DRAWS)
    assert (found != IMAGES).any((1, 2, 3)).all()
    np.testing.assert_allclose(found @ LUMA, IMAGES @ LUMA, atol=0.6)


def test_without_saturation_an_image_is_gray() -> None:
    gray = augment(ColorJitter(0, 0, 1, 0), IMAGES, np.zeros((5, 4)))
    assert (gray.max(-1) == gray.min(-1)).all()


def test_values_are_cut_off_at_both_ends() -> None:
    bright = augment(
        ColorJitter(1, 0, 0, 0), np.full((1, 2, 2, 1), 200, np.uint8), np.full((1, 4), MOST)
    )
    assert (bright == 255).all()
    far = np.array([0, 100, 200, 255], np.uint8).reshape(1, 2, 2, 1)
    spread = augment(ColorJitter(0, 1, 0, 0), far, np.full((1, 4), MOST))
    assert spread.ravel().tolist() == [0, 61, 255, 255]


def test_gray_images_have_brightness_and_contrast_alone() -> None:
    gray = IMAGES[..., :1]
    found = augment(ColorJitter(0.3, 0.3, 0.9, 0.5), gray, DRAWS)
    thrice = augment(ColorJitter(0.3, 0.3, 0, 0), np.repeat(gray, 3, -1), DRAWS)
    assert np.abs(found.astype(int) - thrice[..., :1]).max() <= 1
