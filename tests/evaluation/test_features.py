from __future__ import annotations

import numpy as np
import pytest

from tests.training.small import dataset
from thumblab.core.errors import RunError, UsageError
from thumblab.evaluation import features as module
from thumblab.evaluation.features import activations, features
from thumblab.runs import Run


def test_the_last_layer_gives_the_logits(finished: Run) -> None:
    test = dataset().test
    assert test is not None
    expected = finished.predictions["test_logits"]
    for layer in ("", "6"):
        found = features(finished, test.images, layer, workers=1)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_layer_inside_keeps_its_shape(finished: Run) -> None:
    images = dataset().train.images[:9]
    assert features(finished, images, "2").shape == (9, 4, 14, 14)
    assert features(finished, images, "2").min() == 0  # after a ReLU


def test_how_many_are_computed_at_once_does_not_matter(
    finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = dataset().train.images[:50]
    whole = features(finished, images, "3")
    monkeypatch.setattr(module, "AT_ONCE", 16)
    np.testing.assert_allclose(features(finished, images, "3"), whole, atol=1e-6)


def test_other_weights_give_other_values(finished: Run) -> None:
    images, (arrays, about) = dataset().train.images[:9], finished.trained()
    zeros = {name: 0 * array for name, array in arrays.items()}
    model = finished.experiment.model
    assert not activations(model, zeros, about, images, "6").any()


def test_a_layer_that_is_not_there_is_told(finished: Run) -> None:
    with pytest.raises(UsageError, match=r"there is no layer at '7'"):
        features(finished, dataset().train.images[:1], "7")


def test_an_unfinished_run_is_told(run: Run) -> None:
    (run.folder / "weights.safetensors").unlink()
    with pytest.raises(RunError, match=r"weights\.safetensors is missing"):
        features(run, dataset().train.images[:1], "3")
