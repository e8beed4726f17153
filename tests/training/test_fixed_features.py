"""R0's systems of fixed features and a perceptron, trained whole: fitted, then trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.small import experiment, trained
from thumblab import zoo
from thumblab.experiment import Pretrained
from thumblab.layers import Sequential
from thumblab.optim import Adam
from thumblab.runs import Run

WIDTHS = (4, 8, 8)


def learns(run: Run) -> bool:
    losses = [line["train_loss"] for line in run.metrics]
    return bool(losses[-1] < losses[0])


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("name", ["fe_mlp", "fe_dr_mlp"])
def test_hand_made_features(tmp_path: Path, name: str, engine: str) -> None:
    options = {"axes": 24} if "dr" in name else {}
    model = getattr(zoo, name)(47, hidden=(32,), **options)
    wanted = experiment(model=model, optimizer=Adam(learning_rate=1e-2), augment=(), engine=engine)
    run = trained(tmp_path, wanted)
    assert learns(run)
    found = run.trained()[0]
    assert np.abs(found["1.mean"]).max() > 0
    if "dr" in name:
        axes = found["2.components"]
        np.testing.assert_allclose(axes @ axes.T, np.eye(24), atol=1e-4)


@pytest.mark.parametrize("name", ["embedding_mlp", "embedding_dr_mlp"])
def test_the_embedding_of_a_trained_network(tmp_path: Path, name: str) -> None:
    base = trained(
        tmp_path,
        experiment(model=zoo.resnet(47, 8, WIDTHS), optimizer=Adam(learning_rate=1e-2), augment=()),
    )
    options = {"axes": 6} if "dr" in name else {}
    model = getattr(zoo, name)(47, hidden=(32,), depth=8, widths=WIDTHS, **options)
    assert isinstance(model, Sequential)
    wanted = experiment(
        model=model,
        init_from=(Pretrained(base.folder, target_prefix="0.layer"),),
        optimizer=Adam(learning_rate=1e-2),
        augment=(),
    )
    run = trained(tmp_path, wanted)
    assert learns(run)
    given, found = base.trained()[0], run.trained()[0]
    frozen = [path for path in found if path.startswith("0.layer.")]
    assert frozen
    for path in frozen:
        np.testing.assert_array_equal(found[path], given[path.removeprefix("0.layer.")])
