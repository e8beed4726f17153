import numpy as np
from scipy.stats import beta

from thumblab.data import MixUp
from thumblab.data.pipeline.mixing import kept, mix

RNG = np.random.default_rng(0)


def test_pixels_are_mixed_by_the_share_of_the_targets() -> None:
    a, b = RNG.integers(0, 256, (2, 300, 3, 4, 3)).astype(np.uint8)
    draws = RNG.random((300, 2))
    share = kept(MixUp(1.0), (3, 4), draws)[:, None, None, None]
    found = mix(MixUp(1.0), a, b, draws)
    assert np.abs(found - (share * a + (1 - share) * b)).max() <= 0.5


def test_shares_are_whole_256ths_of_a_beta_distribution() -> None:
    draws = RNG.random((4000, 2))
    quantiles = (np.arange(4000) + 0.5) / 4000
    for alpha in (0.2, 1.0):
        shares = kept(MixUp(alpha), (3, 4), draws)
        assert (shares * 256 == np.rint(shares * 256)).all()
        assert np.abs(np.sort(shares) - beta(alpha, alpha).ppf(quantiles)).mean() < 0.02


def test_some_images_are_left_as_they_are() -> None:
    a, b = RNG.integers(0, 256, (2, 1000, 2, 2, 1)).astype(np.uint8)
    draws = RNG.random((1000, 2))
    share = kept(MixUp(1.0, probability=0.3), (2, 2), draws)
    assert 0.65 < (share == 1).mean() < 0.75
    found = mix(MixUp(1.0, probability=0.3), a, b, draws)
    assert (found[share == 1] == a[share == 1]).all()
    assert (found[share < 0.9] != a[share < 0.9]).any((1, 2, 3)).mean() > 0.9
