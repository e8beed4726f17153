from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset, experiment
from thumblab import zoo
from thumblab.core.rules import prepare
from thumblab.data import Characters, Split, read
from thumblab.engines.numpy import InputTransform, Network
from thumblab.experiment import Experiment, Pretrained
from thumblab.layers import Conv, Dense, Flatten, MaxPool, ReLU, Sequential, StandardScaler, Whiten
from thumblab.optim import SGD
from thumblab.training import train
from thumblab.training.initial_weights import fit_layers, initial_weights


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


def last_weights(experiment: Experiment, runs: Path) -> dict[str, np.ndarray]:
    for epoch in train(experiment, dataset=read(Characters()), runs=runs):
        run = epoch.run
    return run.trained()[0]


def test_whitening_is_fitted_to_the_training_images_and_not_trained(tmp_path: Path) -> None:
    model = zoo.speedrun(47, widths=(4, 4, 4))
    weights = [
        last_weights(Experiment(Characters(), model, subset=300, epochs=n), tmp_path)["0.weight"]
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(weights[0], weights[1])


def test_whitening_reads_normalized_images(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 6, 5, 3), np.uint8)
    door = InputTransform(np.array([90.0, 100.0, 110.0]), np.array([1 / 60, 1 / 70, 1 / 80]))
    network = Network(Whiten(), (3, 6, 5), input_transform=door)
    fit_layers(network, network.model, Split(images, np.zeros(30, np.int64)), door)
    x = ((images - [90.0, 100.0, 110.0]) / [60, 70, 80]).transpose(0, 3, 1, 2)
    wanted = prepare(Whiten(), x.astype("f4"))["weight"]
    np.testing.assert_allclose(network.weights()["weight"], wanted, rtol=1e-3, atol=1e-5)


def test_a_layer_is_fitted_to_what_it_will_read(tmp_path: Path) -> None:
    model = Sequential(Conv(2), MaxPool(4), Flatten(), StandardScaler(), Dense(47))
    weights = last_weights(Experiment(Characters(), model, subset=300, epochs=1), tmp_path)
    assert weights["3.mean"].shape == (98,)
    assert (weights["3.std"] > 0).all()
    assert np.abs(weights["3.mean"]).max() > 0.01


def test_layers_are_fitted_to_images_of_the_whole_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thumblab.training.initial_weights.SAMPLES", 40)
    values = np.arange(99, dtype=np.float32).reshape(99, 1)  # in the order of their classes
    part = Split(values, np.zeros(99, np.int64))
    network = Network(StandardScaler(), (1,))
    fit_layers(network, network.model, part, InputTransform(np.zeros(1), np.ones(1)))
    seen = values[::3]
    np.testing.assert_allclose(network.weights()["mean"], seen.mean(0), rtol=1e-6)
    np.testing.assert_allclose(network.weights()["std"], seen.std(0), rtol=1e-5)
