"""The main job: an experiment on the embedded characters that trains in under a minute."""

from __future__ import annotations

from thumblab.data import Affine, Characters
from thumblab.optim import SGD, OneCycle
from thumblab.training import Experiment
from thumblab.zoo import characters_cnn

CLASSES = 47


def demo_experiment(seed: int = 0) -> Experiment:
    """What ``thumblab demo`` trains."""
    return Experiment(
        data=Characters(),
        model=characters_cnn(CLASSES),
        optimizer=SGD(rate=OneCycle(peak=0.1), nesterov=True, decay=5e-4),
        augment=(Affine(degrees=10, shift=0.08, scale=0.1),),
        epochs=16,
        batch=64,
        seed=seed,
        label="characters_cnn",
    )
