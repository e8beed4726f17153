import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.training.small import dataset, experiment
from thumblab.engines.numpy import Network
from thumblab.experiment import FlipShift
from thumblab.training.estimate import PLACES, Estimate, estimate
from thumblab.training.trainer import Trainer

STEP, IMAGE = 2.0, 0.5


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a training step moves by 2 s for 33 images and a prediction by 0.5 s an image."""
    told = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: told[0])

    def train_step(self: Network, batch: Any, targets: Any, **options: Any) -> tuple[float, int]:
        told[0] += STEP * len(batch) / 33
        return 1.0, 0

    def predict(self: Network, batch: Any) -> None:
        told[0] += IMAGE * len(batch)

    monkeypatch.setattr(Network, "train_step", train_step)
    monkeypatch.setattr(Network, "predict", predict)
    return told


def last(walk: Any) -> Estimate:
    *first, found = walk
    assert first == [None] * PLACES
    assert isinstance(found, Estimate)
    return found


def test_a_machine_that_keeps_time_is_foretold_exactly(now: list[float]) -> None:
    found = last(estimate(experiment(), dataset(), seconds=10.0, workers=1))
    assert found.training == pytest.approx(3 * 188 * STEP / 33)
    assert found.validation == pytest.approx(3 * 47 * IMAGE)
    assert found.testing == pytest.approx((47 + 47) * IMAGE)
    assert found.margin == pytest.approx(0, abs=1e-9)
    assert found.steps == 18
    assert found.timed_steps >= PLACES
    parts = ("setup", "training", "validation", "saving", "testing")
    assert found.seconds == sum(asdict(found)[part] for part in parts)


def test_views_cost_their_passes(now: list[float]) -> None:
    plain = last(estimate(experiment(), dataset(), workers=1))
    shown = last(estimate(experiment(tta=FlipShift()), dataset(), workers=1))
    assert shown.testing == pytest.approx(7 * plain.testing)


def test_noise_between_the_places_is_the_margin(
    now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def train_step(self: Network, batch: Any, targets: Any, **options: Any) -> tuple[float, int]:
        seen.append(options["step"])
        now[0] += len(batch) * (1 + options["step"] // 100)
        return 1.0, 0

    monkeypatch.setattr(Network, "train_step", train_step)
    wanted = experiment(epochs=100)  # 600 steps, timed about steps 60, 180, 300, 420 and 540
    found = last(estimate(wanted, dataset(), seconds=0.0, workers=1))
    assert [step // 60 for step in seen[::2]] == [1, 3, 5, 7, 9]
    assert found.training == pytest.approx(100 * 188 * (1 + 2 + 4 + 5 + 6) / 5)
    deviation = (sum((each - 3.6) ** 2 for each in (1, 2, 4, 5, 6)) / 4) ** 0.5
    assert found.margin == pytest.approx(100 * 188 * 2.7764451 * deviation / 5**0.5, rel=1e-6)


def test_no_step_that_is_timed_moves_a_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    learning_rates, real = list[float | None](), Trainer.train_step

    def train_step(self: Trainer, learning_rate: float | None = None) -> float:
        learning_rates.append(learning_rate)
        return real(self, learning_rate)

    monkeypatch.setattr(Trainer, "train_step", train_step)
    last(estimate(experiment(), dataset(), seconds=0.0, workers=1))
    assert learning_rates == [0.0] * (2 * PLACES)


def test_it_works_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = last(estimate(experiment(), dataset(), seconds=0.1, workers=2))
    assert all(value >= 0 for value in asdict(found).values())
    assert found.training > 0
    assert not list(tmp_path.iterdir())
