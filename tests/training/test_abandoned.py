"""A stop is heard inside a step: it ends within a layer, and the state is that of the step before."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import WORKERS, dataset, experiment, fingerprints, trained
from thumblab.core.errors import StepAbandonedError
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import Adam
from thumblab.runs import Run
from thumblab.training import Progress, steps

BLOCK = (Conv(4), BatchNorm(), ReLU())
MODEL = Sequential(*BLOCK, *BLOCK, *BLOCK, MaxPool(2), Dropout(0.2), *BLOCK, Flatten(), Dense(3))
IMAGES = np.random.default_rng(0).integers(0, 256, (40, 6, 6, 3), np.uint8)
LABELS = np.arange(40) % 3
STEP: dict[str, Any] = {"loss": CrossEntropy(), "optimizer": Adam(), "learning_rate": 0.01}
ENGINES: dict[str, Callable[[], Any]] = {
    "one": lambda: Network(MODEL, (3, 6, 6), workers=1),
    "threads": lambda: Network(MODEL, (3, 6, 6), workers=2, kind="threads"),
    "processes": lambda: Network(MODEL, (3, 6, 6), workers=2, kind="processes"),
    "reference": lambda: Network(MODEL, (3, 6, 6), workers=1, rules="reference"),
    "torch": lambda: pytest.importorskip("thumblab.engines.torch").Network(MODEL, (3, 6, 6)),
}


class Asked:
    """Says stop from the question of that number on; counts the questions."""

    def __init__(self, stop_at: float = np.inf) -> None:
        self.stop_at, self.count = stop_at, 0

    def __call__(self) -> bool:
        self.count += 1
        return self.count >= self.stop_at


def state(network: Any) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in network.state().items()}


@pytest.mark.parametrize("build", ENGINES.values(), ids=ENGINES)
def test_an_abandoned_step_has_not_been(build: Callable[[], Any]) -> None:
    """SIGTERM used to wait for the end of a step, 90 seconds of a large network's."""
    alone, network = build(), build()
    for net in (alone, network):
        net.train_step(IMAGES, LABELS, step=0, **STEP)
    before = state(network)
    network.should_stop = Asked()
    network.train_step(IMAGES, LABELS, step=1, **STEP)
    questions = network.should_stop.count
    assert questions >= 12, "a step has many layers, forth and back"
    after = state(network)
    assert after != before
    network.load({name: alone.state()[name] for name in before})
    for at in {1, 2, questions // 2, questions - 1, questions}:
        network.should_stop = Asked(stop_at=at)
        with pytest.raises(StepAbandonedError):
            network.train_step(IMAGES, LABELS, step=1, **STEP)
        assert network.should_stop.count <= at + 2  # the other worker's is one more
        network.should_stop = bool
        assert state(network) == before
    network.should_stop = Asked(stop_at=3)
    with pytest.raises(StepAbandonedError):
        network.predict(IMAGES)
    network.should_stop = bool
    network.train_step(IMAGES, LABELS, step=1, **STEP)
    assert state(network) == after
    alone.train_step(IMAGES, LABELS, step=1, **STEP)
    assert state(alone) == after


def stopped(folder: Path, should_stop: Callable[[], bool], **options: Any) -> list[Progress]:
    told: dict[str, Any] = {"dataset": dataset(), "runs": folder, "workers": WORKERS}
    return list(steps(experiment(restore_best="best"), should_stop=should_stop, **told | options))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    """What an undisturbed training ends with, and how often it asks whether to stop."""
    asked = Asked()
    walk = stopped(tmp_path_factory.mktemp("whole"), asked)
    return fingerprints(walk[-1].run), asked.count


@pytest.mark.parametrize("share", [0.01, 0.33, 0.6, 0.95, 0.99])
def test_a_run_that_was_stopped_inside_of_a_pass_ends_with_the_same_bits(
    share: float, whole: tuple[dict[str, str], int], tmp_path: Path
) -> None:
    """Also while it validates at the end of an epoch, and while it predicts at the end of all."""
    wanted, questions = whole
    stopped(tmp_path, Asked(stop_at=round(share * questions)))
    (folder,) = tmp_path.iterdir()
    assert Run(folder).status == "unfinished"
    run = trained(tmp_path, experiment(restore_best="best"), resume=True)
    assert fingerprints(run) == wanted


def test_a_stop_while_an_epoch_is_validated_loses_no_step(tmp_path: Path) -> None:
    asked, options = Asked(), {"dataset": dataset(), "workers": 1}
    walk = steps(experiment(), runs=tmp_path / "whole", should_stop=asked, **options)
    while next(walk).finished is None:
        pass
    walk.close()
    stopped(tmp_path, Asked(stop_at=asked.count), workers=1)  # the last layer of the validation
    resumed = steps(experiment(restore_best="best"), runs=tmp_path, resume=True, **options)
    first = next(resumed)
    resumed.close()
    assert (first.step, first.finished is not None) == (6, True)


@pytest.mark.skipif(os.name != "posix", reason="signals of its own")
def test_a_signal_inside_of_a_step_is_heard_there(tmp_path: Path) -> None:
    """As the command line does it: the handler sets a number that the next layer sees."""
    from thumblab.cli.stopping import stopping

    seen = list[int]()

    with stopping() as stop:

        def ask() -> bool:
            seen.append(stop.number)
            if len(seen) == 5:
                os.kill(os.getpid(), signal.SIGTERM)
            return bool(stop.number)

        found = stopped(tmp_path, ask)
    assert found == []
    assert seen == [0] * 5 + [signal.SIGTERM] * (len(seen) - 5)
    assert len(seen) <= 7
    (folder,) = tmp_path.iterdir()
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["00000000.safetensors"]
