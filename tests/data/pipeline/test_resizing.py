import numpy as np
import pytest
from PIL import Image
from tests.kinds import kinds

import thumblab.data as td
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data.pipeline.resizing import shrunk, triangles

EXAMPLES = [td.FullSize(), td.Growing(), td.Growing((20, 24, 28), (0.2, 0.5, 0.8))]
CASES = pytest.mark.parametrize("resizing", EXAMPLES, ids=repr)


def test_every_resizing_has_an_example() -> None:
    ours = {kind for kind in kinds(td.Resizing) if kind.__module__.startswith("thumblab.")}
    assert ours == {type(example) for example in EXAMPLES}
    assert all(getattr(td, kind.__name__) is kind for kind in ours)


@CASES
def test_a_run_ends_with_full_images(resizing) -> None:
    assert td.height_at(resizing, 32, 0.999) == 32
    assert from_dict(to_dict(resizing)) == resizing


def test_sizes_grow_at_their_shares_of_the_epochs() -> None:
    growing = td.Growing((20, 28), (0.3, 0.5))
    found = [td.height_at(growing, 32, epoch / 10) for epoch in range(10)]
    assert found == [20] * 3 + [28] * 2 + [32] * 5
    assert td.height_at(td.Growing((24,), (0.95,)), 32, 0.9) == 24


@pytest.mark.parametrize("shape", [(32, 32, 3), (28, 28, 1), (30, 45, 3)], ids=str)
@pytest.mark.parametrize("height", [28, 24, 16, 9, 1])
def test_images_are_those_of_pillow_to_a_gray_level(shape, height) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, *shape)).astype(np.uint8)
    found = shrunk(images, height)
    size = td.width_at(height, shape[:2]), height
    for image, small in zip(images, found, strict=True):
        theirs = Image.fromarray(image.squeeze()).resize(size, Image.Resampling.BILINEAR)
        wanted = np.asarray(theirs).reshape(small.shape).astype(int)
        assert np.abs(small - wanted).max() <= 1


def test_an_image_does_not_depend_on_its_batch_and_stays_as_it_is() -> None:
    images = np.random.default_rng(0).integers(0, 256, (50, 32, 32, 3)).astype(np.uint8)
    images.flags.writeable = False
    rows = np.array([49, 3, 17])
    assert (shrunk(images[rows], 20) == shrunk(images, 20)[rows]).all()
    assert shrunk(images, 32) is images


@pytest.mark.parametrize("height", [16, 14, 8])
def test_pixels_halfway_between_two_levels_go_to_the_even_one(height) -> None:
    """As whole numbers have it: by their kernels and blocks, sums of floats would go either way."""
    images = np.random.default_rng(0).integers(0, 256, (200, 32, 32)).astype(np.uint8)
    shares = (triangles(32, height) * 2**20).astype(int)
    sums = shares @ images.astype(int) @ shares.T  # levels times 2**40
    levels, rest = sums >> 40, sums & (2**40 - 1)
    wanted = levels + (rest > 2**39) + ((rest == 2**39) & (levels % 2 == 1))
    assert (shrunk(images[..., None], height)[..., 0] == wanted).all()
    assert height != 16 or (rest == 2**39).any()


def test_a_flat_image_stays_flat() -> None:
    np.testing.assert_allclose(triangles(32, 21).sum(1), 1, rtol=1e-6)
    assert (shrunk(np.full((2, 32, 32, 3), 255, np.uint8), 21) == 255).all()


@pytest.mark.parametrize(
    ("sizes", "until", "message"),
    [
        ((24,), (0.2, 0.5), "give each size the share of the epochs at which it ends"),
        ((), (), "give each size the share"),
        ((28, 24), (0.2, 0.5), r"sizes are \(28, 24\); give growing heights"),
        ((0, 24), (0.2, 0.5), r"sizes are \(0, 24\); give growing heights"),
        ((20, 24), (0.5, 0.5), "until is .*; give growing shares above 0 and below 1"),
        ((24,), (0.0,), "until is .*; give growing shares above 0 and below 1"),
        ((24,), (1.0,), "until is .*; give growing shares above 0 and below 1"),
    ],
)
def test_wrong_arguments_are_refused(sizes, until, message) -> None:
    with pytest.raises(UsageError, match=message):
        td.Growing(sizes, until)


def test_wrong_use_is_refused() -> None:
    with pytest.raises(UsageError, match="asks for 40 pixels but the images are 32 high; leave"):
        td.height_at(td.Growing((40,), (0.5,)), 32, 0.9)
    with pytest.raises(MissingRuleError, match="no rule for Resizing; register one with @height_"):
        td.height_at(td.Resizing(), 32, 0.0)
