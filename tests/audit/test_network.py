from __future__ import annotations

import numpy as np

from tests.audit.made import Shelf, alone, change_result, change_weights, digits
from thumblab.audit.examined import Examined
from thumblab.audit.network import affordable, look_into, plain_network, trained_names, unread
from thumblab.core.layer import Layer
from thumblab.evaluation.predict import load_network
from thumblab.layers import BatchNorm, Conv, Dense, GlobalAvgPool, ReLU, Sequential, Unused

MODEL = Sequential(
    Sequential(Conv(8, stride=2), BatchNorm(), ReLU()), Unused(Conv(8)), GlobalAvgPool(), Dense(10)
)


def examined(shelf: Shelf) -> Examined:
    (each,) = alone(shelf.trained(model=MODEL, epochs=2)).runs
    return each


def test_it_predicts_what_the_trained_network_does(shelf: Shelf) -> None:
    each = examined(shelf)
    assert each.kept is not None
    images = digits().train.images[:70]
    found = plain_network(each, each.kept[0]).predict(images)
    np.testing.assert_allclose(
        found, load_network(each.run, workers=1)[0].predict(images), atol=1e-4
    )


def test_each_layer_is_looked_into_a_batch_at_a_time(shelf: Shelf) -> None:
    seen: list[tuple[str, str, tuple[int, ...]]] = []

    def look(path: str, layer: Layer, y: np.ndarray) -> None:
        seen.append((path, type(layer).__name__, y.shape))

    look_into(examined(shelf), digits().train.images[:70], look)
    assert ("0.2.", "ReLU", (64, 8, 14, 14)) in seen
    assert ("0.2.", "ReLU", (6, 8, 14, 14)) in seen
    assert ("3.", "Dense", (64, 10)) in seen


def test_weights_that_train_and_those_that_are_read(shelf: Shelf) -> None:
    each = examined(shelf)
    names = trained_names(each)
    assert "0.1.weight" in names
    assert not [name for name in names if "running" in name]
    part = digits().train
    assert unread(each, part.images, part.labels) == ("1.layer.weight", "1.layer.bias")


def test_large_networks_are_looked_into_with_fewer_images(shelf: Shelf) -> None:
    each = examined(shelf)
    assert affordable(each, 512) == 512
    large = change_result(shelf.copy(each.run), flops=2_000_000_000)
    (other,) = alone(large).runs
    assert affordable(other, 512) == 100
    (huge,) = alone(change_result(shelf.copy(each.run), flops=10**12)).runs
    assert affordable(huge, 512) == 32


def test_a_weight_without_a_gradient_is_drawn_anew_before_it_is_called_unread(shelf: Shelf) -> None:
    """Biases below 0 let no gradient through; drawn anew some do, and so do the weights before them."""
    dead = change_weights(
        shelf.copy(shelf.trained()),
        lambda name, array: array * 0 - 0.05 * (name == "1.bias") if name[0] == "1" else array,
    )
    (each,) = alone(dead).runs
    each.__dict__["initial"] = None  # as where its first weights cannot be derived
    part = digits().train
    assert unread(each, part.images, part.labels) == ("3.weight",)  # of features that are all 0
