"""What every augmentation promises, found by listing the package."""

import numpy as np
import pytest
from tests.kinds import kinds

import thumblab.data as td
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data.pipeline.augment import draw
from thumblab.data.pipeline.mixing import Mixing

EXAMPLES = [
    td.Flip(),
    td.AlternatingFlip(),
    td.ColorJitter(),
    td.ColorJitter(brightness=1.0, contrast=1.0, saturation=1.0, hue=0.5),
    td.Crop(),
    td.Crop(pad=0),
    td.Crop(pad=9, mode="edge"),
    td.Crop(pad=3, mode="reflect"),
    td.Shift(),
    td.Shift(0.3, mode="edge"),
    td.Shift(0.0, mode="reflect"),
    td.Cutout(),
    td.Cutout(side=3, fill=0),
    td.Cutout(side=50),
    td.Rotate(),
    td.Rotate(180.0),
    td.Affine(),
    td.Affine(degrees=0.0, shift=1.0, scale=0.99),
]
SHAPES = [(6, 28, 28, 1), (5, 32, 32, 3), (4, 7, 10, 3), (1, 1, 1, 1), (0, 8, 8, 1)]
CASES = pytest.mark.parametrize("augmentation", EXAMPLES, ids=repr)
ALL = pytest.mark.parametrize("shape", SHAPES, ids=str)


def drawn(augmentation: td.Augmentation, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, shape).astype(np.uint8), rng.random((shape[0], augmentation.draws))


def test_every_augmentation_has_an_example() -> None:
    public = {
        v for v in vars(td).values() if isinstance(v, type) and issubclass(v, td.Augmentation)
    }
    ours = {kind for kind in kinds(td.Augmentation) if kind.__module__.startswith("thumblab.")}
    mixings = {Mixing, *kinds(Mixing)}  # see test_mixing.py
    assert public - {td.Augmentation} == ours - {Mixing}
    assert ours - mixings == {type(example) for example in EXAMPLES}


@CASES
@ALL
def test_images_keep_shape_and_dtype_and_the_input_is_untouched(augmentation, shape) -> None:
    images, draws = drawn(augmentation, shape)
    before, numbers = images.copy(), draws.copy()
    images.flags.writeable = draws.flags.writeable = False
    after = td.augment(augmentation, images, draws)
    assert after.dtype == np.uint8
    assert after.shape == shape
    assert (images == before).all()
    assert (draws == numbers).all()


@CASES
@ALL
def test_an_image_does_not_depend_on_its_batch(augmentation, shape) -> None:
    images, draws = drawn(augmentation, shape)
    whole = td.augment(augmentation, images, draws)
    rows = np.arange(shape[0])[::-2]
    assert (td.augment(augmentation, images[rows], draws[rows]) == whole[rows]).all()


@CASES
def test_extreme_draws_are_legal(augmentation) -> None:
    images, draws = drawn(augmentation, (3, 9, 9, 3))
    for extreme in (0.0, np.nextafter(1.0, 0.0)):
        td.augment(augmentation, images, np.full_like(draws, extreme))


@CASES
def test_value_survives_json(augmentation) -> None:
    assert from_dict(to_dict(augmentation)) == augmentation


@pytest.mark.parametrize(
    "augmentation",
    [td.Crop(), td.Shift(), td.Rotate(), td.Affine(), td.ColorJitter(1.0, 1.0, 1.0, 0.5)],
    ids=repr,
)
def test_middle_draws_change_nothing(augmentation) -> None:
    for shape in ((4, 28, 28, 1), (2, 9, 9, 3)):
        images, draws = drawn(augmentation, shape)
        assert (td.augment(augmentation, images, np.full_like(draws, 0.5)) == images).all()


def test_all_augmentations_change_most_images() -> None:
    for augmentation in {type(example)() for example in EXAMPLES}:
        images, draws = drawn(augmentation, (60, 28, 28, 1))
        changed = (td.augment(augmentation, images, draws) != images).any((1, 2, 3))
        assert changed.mean() > 0.3


@CASES
def test_an_epoch_has_uniform_numbers_of_its_own(augmentation) -> None:
    rows = np.arange(500)
    first, second, other, behind = (
        draw(augmentation, rows, seed, place, epoch)
        for seed, place, epoch in ((0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0))
    )
    assert first.shape == (500, augmentation.draws)
    for numbers in (first, second):
        assert 0 <= numbers.min() < 0.05
        assert 0.95 < numbers.max() < 1
        assert numbers.mean() == pytest.approx(0.5, abs=0.06)
    assert (first == draw(augmentation, rows, 0, 0, 0)).all()
    for numbers in (second, other, behind):
        assert (first != numbers).all()


def test_wrong_use_is_refused() -> None:
    with pytest.raises(MissingRuleError, match="no rule for Augmentation"):
        td.augment(td.Augmentation(), np.zeros((1, 2, 2, 1), np.uint8), np.zeros((1, 1)))
    with pytest.raises(MissingRuleError, match="Augmentation does not say how many draws"):
        _ = td.Augmentation().draws


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: td.Crop(-1), "pad is -1; give 0 pixels or more"),
        (lambda: td.Crop(mode="zeros"), "unknown mode 'zeros'; did you mean 'zero'"),
        (lambda: td.Shift(1.5), "fraction is 1.5; give a share of the side"),
        (lambda: td.Shift(mode="wrap"), "unknown mode 'wrap'"),
        (lambda: td.Cutout(0), "side is 0; give 1 pixel or more"),
        (lambda: td.Cutout(fill=256), "fill is 256; give a gray level"),
        (lambda: td.Rotate(-1.0), r"degrees is -1\.0; give an angle from 0 to 180"),
        (lambda: td.Affine(degrees=181.0), r"degrees is 181\.0"),
        (lambda: td.Affine(shift=2.0), r"shift is 2\.0"),
        (lambda: td.ColorJitter(hue=0.6), r"hue is 0\.6; give a number from 0 to 0\.5"),
        (lambda: td.ColorJitter(contrast=-0.1), r"contrast is -0\.1; give a number from 0 to 1"),
        (lambda: td.Affine(scale=1.0), r"scale is 1\.0; give a fraction from 0 to below 1"),
    ],
)
def test_arguments_out_of_range_are_refused(make, message) -> None:
    with pytest.raises(UsageError, match=message):
        make()
