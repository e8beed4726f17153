import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kinds import kinds

import thumblab.data as td
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict

IMAGENET = td.MeanStd((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
EXAMPLES = [
    *(td.Raw(), td.Rescale(), td.MeanStd(), IMAGENET),
    *(td.Standardize(), td.PerPixel(), td.PerPixel(floor=1.0)),
]
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (2100, 5, 7, 3)).astype(np.uint8)
FEATURES = RNG.normal(3, 2, (2100, 4)).astype(np.float32)


def applied(normalization: td.Normalization, x: np.ndarray) -> np.ndarray:
    shift, scale = td.statistics(normalization, x)
    return (x - shift) * scale


def test_every_normalization_has_an_example() -> None:
    ours = {kind for kind in kinds(td.Normalization) if kind.__module__.startswith("thumblab.")}
    assert ours == {type(example) for example in EXAMPLES}


@pytest.mark.parametrize("normalization", EXAMPLES, ids=repr)
def test_statistics_are_float64_finite_and_fit_a_sample(normalization) -> None:
    shift, scale = td.statistics(normalization, IMAGES)
    for array in (shift, scale):
        assert array.dtype == np.float64
        assert np.isfinite(array).all()
        assert np.broadcast_shapes(array.shape, (5, 7, 3)) == (5, 7, 3)
    assert from_dict(to_dict(normalization)) == normalization


def test_raw_and_unit_are_fixed() -> None:
    assert (applied(td.Raw(), IMAGES) == IMAGES).all()
    np.testing.assert_allclose(applied(td.Rescale(), IMAGES), IMAGES / 255)


def test_given_moments_are_in_units_of_255() -> None:
    np.testing.assert_allclose(applied(td.MeanStd(), IMAGES), IMAGES / 127.5 - 1, atol=1e-12)
    expected = (IMAGES / 255 - np.array(IMAGENET.mean)) / np.array(IMAGENET.std)
    np.testing.assert_allclose(applied(IMAGENET, IMAGES), expected)


def test_given_moments_have_to_fit_the_channels() -> None:
    with pytest.raises(UsageError, match=r"is not for samples \(5, 7, 1\); give images a number"):
        td.statistics(IMAGENET, IMAGES[..., :1])
    with pytest.raises(UsageError, match=r"features Standard or Raw"):
        td.statistics(td.MeanStd(), FEATURES)
    with pytest.raises(UsageError, match="as many means as deviations"):
        td.MeanStd((0.1, 0.2, 0.3), (0.1, 0.2))
    with pytest.raises(UsageError, match="deviations above 0"):
        td.MeanStd(std=(0.0,))


def test_standard_channels_have_mean_0_and_deviation_1() -> None:
    y = applied(td.Standardize(), IMAGES)
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std((0, 1, 2)), 1, rtol=1e-12)


def test_each_pixel_has_mean_0_and_deviation_1() -> None:
    y = applied(td.PerPixel(), IMAGES)
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(0), 1, rtol=1e-12)


@pytest.mark.parametrize("normalization", [td.Standardize(), td.PerPixel()], ids=repr)
def test_features_have_mean_0_and_deviation_1(normalization) -> None:
    y = applied(normalization, FEATURES)
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(y.std(0), 1, rtol=1e-6)


@given(st.integers(0, 255), st.integers(1, 40))
def test_a_constant_channel_becomes_0(gray, count) -> None:
    images = np.full((count, 3, 3, 1), gray, np.uint8)
    for normalization in (td.Standardize(), td.PerPixel()):
        assert (applied(normalization, images) == 0).all()


@given(st.floats(-1e6, 1e6, width=32), st.integers(1, 40))
def test_a_constant_feature_becomes_0(value, count) -> None:
    features = np.full((count, 2), value, np.float32)
    for normalization in (td.Standardize(), td.PerPixel()):
        assert (applied(normalization, features) == 0).all()


def test_a_pixel_that_is_nearly_always_empty_is_not_blown_up() -> None:
    images = np.zeros((1000, 2, 2, 1), np.uint8)
    images[0, 0, 0] = 40
    assert applied(td.PerPixel(floor=8.0), images).max() == pytest.approx((40 - 0.04) / 8)


def test_order_of_samples_does_not_count() -> None:
    for normalization in EXAMPLES:
        one, other = (
            td.statistics(normalization, IMAGES),
            td.statistics(normalization, IMAGES[::-1]),
        )
        assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_wrong_use_is_refused() -> None:
    with pytest.raises(UsageError, match="Unit divides pixels by 255 but was given features"):
        td.statistics(td.Rescale(), FEATURES)
    for floor in (0.0, float("inf"), float("nan")):
        with pytest.raises(
            UsageError, match=f"floor is {floor}; give a finite deviation above 0 gr"
        ):
            td.PerPixel(floor=floor)
    for mean, std in (((float("nan"),), (1.0,)), ((0.0,), (float("inf"),)), ((0.0,), (0.0,))):
        with pytest.raises(UsageError, match="or one, all finite, and deviations above 0"):
            td.MeanStd(mean, std)
    with pytest.raises(MissingRuleError, match="no statistics for Normalization"):
        td.statistics(td.Normalization(), IMAGES)
