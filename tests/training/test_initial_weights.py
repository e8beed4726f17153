from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.training.small import dataset, experiment
from thumblab.experiment import Pretrained
from thumblab.layers import Dense, Flatten, ReLU, Sequential, Whiten
from thumblab.optim import SGD
from thumblab.training import train
from thumblab.training.initial_weights import initial_weights


def test_a_rate_of_nothing_ends_where_it_began(tmp_path: Path) -> None:
    still = experiment(
        model=Sequential(Whiten(), ReLU(), Flatten(), Dense(47)),
        optimizer=SGD(learning_rate=0.0, weight_decay=0.0),
        epochs=1,
    )
    *_, last = train(still, dataset=dataset(), runs=tmp_path, workers=1)
    found = initial_weights(still, dataset())
    for name, array in last.run.trained()[0].items():
        np.testing.assert_array_equal(found[name], array)


def test_another_seed_begins_elsewhere() -> None:
    first, second = (initial_weights(experiment(seed=seed), dataset()) for seed in (1, 2))
    assert not np.array_equal(first["0.weight"], second["0.weight"])


def test_a_run_that_starts_from_another_begins_there(tmp_path: Path) -> None:
    *_, last = train(experiment(epochs=1), dataset=dataset(), runs=tmp_path, workers=1)
    start = replace(experiment(), init_from=(Pretrained(str(last.run.folder)),))
    found = initial_weights(start, dataset())
    np.testing.assert_array_equal(found["0.weight"], last.run.trained()[0]["0.weight"])
