from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset, experiment
from thumblab.core.errors import UsageError
from thumblab.data import MeanStd
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.optim import SGD, Adam, Cosine
from thumblab.training.lr_range_test import HOPELESS, LRRangeTest, lr_range_test

RATES = np.geomspace(1e-5, 10, 121)
DECADES = np.log10(RATES)


def curve(bottom: float, top: float) -> np.ndarray:
    """4 at first; falls to 2 about the decade ``bottom``, and rises about the decade ``top``."""
    fall = 2 / (1 + np.exp(-6 * (DECADES - bottom)))
    return np.asarray(4 - fall + 9 / (1 + np.exp(-6 * (DECADES - top))))


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_steepest_fall_and_the_divergence_are_found(noise: float) -> None:
    losses = curve(-2, 0) + noise * np.random.default_rng(0).standard_normal(len(RATES))
    found = LRRangeTest(RATES, losses, "highest")
    assert found.steepest is not None
    assert found.diverges is not None
    assert np.log10(found.steepest) == pytest.approx(-2, abs=0.2)
    assert -0.8 < np.log10(found.diverges) < -0.2


def test_smoothing_does_not_lag() -> None:
    found = LRRangeTest(RATES, curve(-2, 9), "highest")
    np.testing.assert_allclose(found.smoothed, found.losses, atol=0.1)
    spike = np.full(121, 3.0)
    spike[60] = 4
    smoothed = LRRangeTest(RATES, spike, "highest").smoothed
    np.testing.assert_allclose(smoothed, smoothed[::-1])
    assert smoothed.max() == smoothed[60] < 3.2


def test_a_fall_past_the_lowest_loss_is_not_suggested() -> None:
    """After the loss has gone up, it may come down more steeply than it ever fell."""
    peak = 3 * np.exp(-(((DECADES - 0.3) / 0.15) ** 2))
    found = LRRangeTest(RATES, curve(-2, 9) + peak + 0.2 * (DECADES > 0.3), "highest")
    assert found.steepest is not None
    assert np.log10(found.steepest) == pytest.approx(-2, abs=0.2)


def test_what_never_falls_or_never_diverges_is_said() -> None:
    rising = LRRangeTest(RATES, np.linspace(3, 9, 121), "hopeless")
    assert rising.steepest is None
    falling = LRRangeTest(RATES, np.linspace(4, 1, 121), "highest")
    assert falling.diverges is None
    assert LRRangeTest(RATES, np.linspace(4, 1, 121), "infinite").diverges == RATES[-1]


@pytest.mark.parametrize("seed", range(20))
def test_where_the_loss_hardly_fell_nothing_is_suggested(seed: int) -> None:
    """The lowest of a hundred noisy losses is always lower than the first."""
    noise = 0.1 * np.random.default_rng(seed).standard_normal(len(RATES))
    flat = LRRangeTest(RATES, 3.85 + noise, "highest")
    assert flat.fall >= 0
    assert flat.steepest is None
    slow = LRRangeTest(RATES, 3.85 - 0.05 * np.arange(121) / 121, "highest")
    assert slow.steepest is None
    assert LRRangeTest(RATES, curve(-2, 9) + noise, "highest").steepest is not None


def test_everything_but_the_rate_is_the_experiments(tmp_path: Path) -> None:
    wanted = experiment(optimizer=Adam(Cosine(0.3)))
    *_, found = lr_range_test(wanted, dataset(), lowest=1e-4, highest=1e-1, steps=20, workers=2)
    np.testing.assert_allclose(found.learning_rates, np.geomspace(1e-4, 1e-1, 20))
    assert found.ended == "highest"
    other = experiment(optimizer=Adam(0.01))
    *_, same = lr_range_test(other, dataset(), lowest=1e-4, highest=1e-1, steps=20, workers=2)
    np.testing.assert_array_equal(same.losses, found.losses)
    *_, sgd = lr_range_test(experiment(), dataset(), lowest=1e-4, highest=1e-1, steps=20, workers=2)
    assert sgd.losses[0] == found.losses[0]  # the same first weights and batch
    assert (sgd.losses[1:] != found.losses[1:]).all()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_it_ends_where_there_is_no_hope() -> None:
    deep = Sequential(Flatten(), Dense(32), Dense(32), Dense(47))
    wanted = experiment(model=deep, optimizer=SGD())
    seen = list(lr_range_test(wanted, dataset(), lowest=1e-4, highest=1e6, steps=40, workers=1))
    last = seen[-1]
    assert last.ended in ("hopeless", "infinite")
    assert len(last.learning_rates) == len(last.losses) < 40
    assert np.isfinite(last.losses).all()
    assert (last.losses[:-1] <= HOPELESS * last.losses[:5].mean()).all()
    assert last.diverges is not None
    assert [each.ended for each in seen[:-1]] == [""] * (len(seen) - 1)


@pytest.mark.parametrize(
    "change", [{"lowest": 0.0}, {"lowest": 2.0, "highest": 1.0}, {"highest": np.inf}, {"steps": 19}]
)
def test_what_makes_no_test_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="make no test; give a lowest rate above 0, a higher one"):
        next(lr_range_test(experiment(), dataset(), **change))  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_is_hopeless_from_the_start_is_told() -> None:
    blinding = experiment(normalize=MeanStd((0.0,), (1e-38,)))
    with pytest.raises(
        UsageError, match="the loss is nan before the first step, whatever the learning rate"
    ):
        next(lr_range_test(blinding, dataset(), workers=1))
