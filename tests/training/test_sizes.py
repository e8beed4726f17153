"""Training on images that grow: which sizes there are, and which models can."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.small import MODEL, experiment, trained
from thumblab.core.errors import ShapeError, UsageError
from thumblab.data import Growing, PerPixel, Split
from thumblab.experiment import Experiment
from thumblab.layers import Conv, Dense, Flatten, GlobalAvgPool, MaxPool, ReLU, Sequential
from thumblab.training.network import open_loader
from thumblab.training.sizes import check_sizes, sizes

GROWING = Growing((14, 20), (0.3, 0.6))
POOLED = Sequential(Conv(6), ReLU(), MaxPool(2), Conv(8), GlobalAvgPool(), Dense(47))
SHIFT = np.zeros((1, 1, 1))


def growing(**changes: object) -> Experiment:
    return experiment(**{"model": POOLED, "progressive_resizing": GROWING} | changes)


def test_every_epoch_has_its_size() -> None:
    assert sizes(growing(), (1, 28, 28)) == [(1, 14, 14), (1, 20, 20), (1, 28, 28)]
    assert sizes(growing(), (3, 28, 42)) == [(3, 14, 21), (3, 20, 30), (3, 28, 42)]
    assert sizes(experiment(), (1, 28, 28)) == [(1, 28, 28)] * 3
    assert sizes(experiment(), (9,)) == [(9,)] * 3


def test_a_model_whose_weights_know_the_size_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(
        ShapeError,
        match=r"'6\.weight' has the shape \(47, 196\) for samples of \(1, 28, 28\) and \(47, 36\) "
        r"for \(1, 14, 14\); end the model with GlobalAvgPool",
    ):
        trained(tmp_path, growing(model=MODEL))
    assert not list(tmp_path.rglob("*.safetensors"))


def test_an_output_that_knows_the_size_is_refused() -> None:
    flat = growing(model=Sequential(Conv(1, stride=4), Flatten()))
    with pytest.raises(ShapeError, match=r"the output has the shape \(49,\) for samples of"):
        check_sizes(flat, (1, 28, 28), SHIFT)


def test_a_size_that_the_model_cannot_read_is_refused() -> None:
    deep = growing(model=Sequential(MaxPool(20), GlobalAvgPool(), Dense(47)))
    with pytest.raises(ShapeError, match=r"the model cannot read samples of \(1, 14, 14\): .*Pool"):
        check_sizes(deep, (1, 28, 28), SHIFT)


def test_a_normalization_of_each_pixel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"PerPixel\(\) knows pixels of full images alone; choose"):
        trained(tmp_path, growing(normalize=PerPixel()))


def test_sizes_above_the_full_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asks for 40 pixels but the images are 28 high"):
        trained(tmp_path, growing(progressive_resizing=Growing((40,), (0.5,))))


@pytest.mark.parametrize("engine", ["numpy", "reference", "torch"])
def test_a_run_that_grows_is_evaluated_on_full_images(tmp_path: Path, engine: str) -> None:
    run = trained(tmp_path, growing(engine=engine))
    assert run.status == "done"
    assert run.predictions["validation_logits"].shape == (47, 47)


def test_features_do_not_grow() -> None:
    part = Split(np.ones((10, 4), np.float32), np.arange(10) % 2)
    wanted = growing(model=Sequential(Dense(2)))
    check_sizes(wanted, (4,), SHIFT)
    with pytest.raises(UsageError, match="resizing read uint8 images"):
        open_loader(wanted, part, (4,))
