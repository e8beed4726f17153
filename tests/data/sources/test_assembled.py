import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.data.sources.assembled import assembled

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 6, 5)).astype(np.uint8)


def test_parts_are_put_together() -> None:
    given = {"training": (IMAGES, [0, 1, 0, 1]), "test": (IMAGES[:1], [1])}
    found = assembled(given, ("a", "b"), "x", None, None)
    assert found is not None
    assert {name: len(part) for name, part in found.parts.items()} == {"training": 4, "test": 1}


def test_flat_images_are_told() -> None:
    flat = np.full((2, 6, 5), 200, np.uint8)
    with pytest.warns(UserWarning, match="2 images of one color all over, which say nothing"):
        assembled({"training": (np.concatenate([IMAGES, flat]), [0, 1] * 3)}, None, "x", None, None)


def test_nothing_is_nothing_and_half_of_a_part_is_refused() -> None:
    assert assembled({"training": (None, None)}, None, "x", None, None) is None
    with pytest.raises(UsageError, match="test images and test labels belong together"):
        assembled({"test": (IMAGES, None)}, None, "x", None, None)
