"""The main job: an experiment on the embedded characters that trains in under a minute."""

from __future__ import annotations

from thumblab.data import Affine, Characters
from thumblab.experiment import Experiment
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, OneCycle
from thumblab.zoo import characters_cnn

CLASSES = 47


def demo_experiment(seed: int = 0) -> Experiment:
    """What ``thumblab demo`` trains."""
    return Experiment(
        data=Characters(),
        model=characters_cnn(CLASSES),
        optimizer=SGD(learning_rate=OneCycle(max_lr=0.2), nesterov=True, weight_decay=1e-3),
        loss=CrossEntropy(smoothing=0.1),
        augment=(Affine(degrees=10, shift=0.08, scale=0.1),),
        epochs=16,
        batch=128,
        seed=seed,
        label="characters_cnn",
    )
