"""What every mixing promises, found by listing the package."""

import numpy as np
import pytest
from tests.kinds import kinds

import thumblab.data as td
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data.pipeline.mixing import Mixing, drawn_shares, kept, mix

EXAMPLES = [
    td.MixUp(),
    td.MixUp(alpha=1.0, probability=0.5),
    td.CutMix(),
    td.CutMix(alpha=0.3, probability=1.0),
]
CASES = pytest.mark.parametrize("mixing", EXAMPLES, ids=repr)
SHAPES = pytest.mark.parametrize(
    "shape", [(7, 28, 28, 1), (6, 9, 14, 3), (1, 1, 1, 1), (0, 8, 8, 1)], ids=str
)


def drawn(mixing: Mixing, shape: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    images, partners = rng.integers(0, 256, (2, *shape)).astype(np.uint8)
    return [images, partners, rng.random((shape[0], mixing.draws))]


def test_every_mixing_has_an_example() -> None:
    ours = {kind for kind in kinds(Mixing) if kind.__module__.startswith("thumblab.")}
    assert ours == {type(example) for example in EXAMPLES}
    assert all(getattr(td, kind.__name__) is kind for kind in ours)


@CASES
@SHAPES
def test_images_keep_shape_and_dtype_and_the_input_is_untouched(mixing, shape) -> None:
    given = drawn(mixing, shape)
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    found = mix(mixing, *given)
    assert found.dtype == np.uint8
    assert found.shape == shape
    for array, old in zip(given, before, strict=True):
        assert (array == old).all()


@CASES
@SHAPES
def test_an_image_does_not_depend_on_its_batch(mixing, shape) -> None:
    given = drawn(mixing, shape)
    rows = np.arange(shape[0])[::-2]
    some = [array[rows] for array in given]
    assert (mix(mixing, *some) == mix(mixing, *given)[rows]).all()
    sides = shape[1:3]
    assert (kept(mixing, sides, some[2]) == kept(mixing, sides, given[2])[rows]).all()


@CASES
def test_shares_are_the_weights_of_the_pixels(mixing) -> None:
    """Black mixed with white has the gray level, in the mean, of what is not kept."""
    draws = np.random.default_rng(2).random((300, mixing.draws))
    black, white = np.zeros((300, 10, 6, 3), np.uint8), np.full((300, 10, 6, 3), 255, np.uint8)
    share = kept(mixing, (10, 6), draws)
    assert ((share >= 0) & (share <= 1)).all()
    assert len(np.unique(share)) > 20
    found = mix(mixing, black, white, draws).mean((1, 2, 3)) / 255
    np.testing.assert_allclose(found, 1 - share, atol=0.5 / 255)


@CASES
def test_extreme_draws_are_legal(mixing) -> None:
    images, partners, draws = drawn(mixing, (3, 9, 9, 3))
    for extreme in (0.0, np.nextafter(1.0, 0.0)):
        found = kept(mixing, (9, 9), np.full_like(draws, extreme))
        assert ((found >= 0) & (found <= 1)).all()
        mix(mixing, images, partners, np.full_like(draws, extreme))


@CASES
def test_value_survives_json(mixing) -> None:
    assert from_dict(to_dict(mixing)) == mixing


def test_drawn_shares_have_the_moments_of_their_distribution() -> None:
    draws = np.random.default_rng(0).random((20000, 2))
    for alpha in (0.2, 1.0, 3.0):
        shares = drawn_shares(alpha, 1.0, draws)
        assert shares.mean() == pytest.approx(0.5, abs=0.01)
        assert shares.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.03)
    assert (drawn_shares(1.0, 0.0, draws) == 1).all()


@pytest.mark.parametrize("kind", [td.MixUp, td.CutMix])
def test_wrong_arguments_are_refused(kind) -> None:
    for alpha in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(UsageError, match=r"alpha is .*; give a number above 0"):
            kind(alpha=alpha)
    with pytest.raises(UsageError, match=r"probability is 1\.5; give a share of the images"):
        kind(probability=1.5)


def test_a_mixing_without_rules_is_refused() -> None:
    images = np.zeros((1, 2, 2, 1), np.uint8)
    with pytest.raises(MissingRuleError, match="no rule for Mixing; register one with @mix"):
        mix(Mixing(), images, images, np.zeros((1, 1)))
    with pytest.raises(MissingRuleError, match="no rule for Mixing; register one with @kept"):
        kept(Mixing(), (2, 2), np.zeros((1, 1)))
