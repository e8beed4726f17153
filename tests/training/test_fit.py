"""Layers fitted to data before the first step."""

from pathlib import Path

import numpy as np

from thumblab import zoo
from thumblab.data import Characters, read
from thumblab.layers import Conv, Dense, Flatten, MaxPool, Sequential, Standardise
from thumblab.training import Experiment, train


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
    assert np.abs(weights[0][0]).max() > 0


def test_a_layer_is_fitted_to_what_it_will_read(tmp_path: Path) -> None:
    model = Sequential(Conv(2), MaxPool(4), Flatten(), Standardise(), Dense(47))
    weights = last_weights(Experiment(Characters(), model, subset=300, epochs=1), tmp_path)
    assert weights["3.mean"].shape == (98,)
    assert (weights["3.std"] > 0).all()
    assert np.abs(weights["3.mean"]).max() > 0.01
