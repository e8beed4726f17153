import numpy as np

from thumblab import zoo
from thumblab.core.layer import weights
from thumblab.core.summary import summary
from thumblab.data import Split
from thumblab.engines.numpy import InputTransform, Network
from thumblab.layers import Frozen, PCAProjection, Sequential, StandardScaler
from thumblab.training.initial_weights import fit_layers

CIFAR = (3, 32, 32)


def test_hand_made_features_are_edges_and_colors() -> None:
    rows = summary(zoo.fe_mlp(10), CIFAR).rows
    assert [row.shape for row in rows][:4] == [(36, 7, 7), (1764,), (24,), (1788,)]
    assert summary(zoo.fe_mlp(10), CIFAR).trainable_parameters == 1789 * 512 + 513 * 10


def test_only_the_perceptron_trains() -> None:
    for name, before in (
        ("fe_mlp", 2),
        ("fe_dr_mlp", 4),
        ("embedding_mlp", 2),
        ("embedding_dr_mlp", 4),
    ):
        owned = weights(getattr(zoo, name)(10), CIFAR)
        for path, weight in owned.items():
            assert weight.trained == (int(path.partition(".")[0]) >= before), (name, path)


def test_reduced_features_are_standardized_before_and_after() -> None:
    model = zoo.fe_dr_mlp(10, axes=32)
    assert isinstance(model, Sequential)
    assert model.layers[1:4] == (StandardScaler(), PCAProjection(32), StandardScaler())


def test_the_embedding_is_a_residual_networks() -> None:
    """Its weights have the names of ``resnet`` behind ``0.layer.``, so that a run of it fits."""
    trunk = zoo.embedding_mlp(10)
    assert isinstance(trunk, Sequential)
    assert isinstance(trunk.layers[0], Frozen)
    ours = {name: weight.shape for name, weight in weights(trunk, CIFAR).items() if name[0] == "0"}
    theirs = weights(zoo.resnet20(10), CIFAR)
    *inner, _, _ = theirs.items()
    assert ours == {f"0.layer.{name}": weight.shape for name, weight in inner}
    assert np.prod(trunk.layers[0].out_shape(CIFAR)) == 64


def test_parameters_are_those_of_the_perceptron() -> None:
    for name, read in (
        ("fe_mlp", 1788),
        ("fe_dr_mlp", 256),
        ("embedding_mlp", 64),
        ("embedding_dr_mlp", 32),
    ):
        trained = summary(getattr(zoo, name)(10), CIFAR).trainable_parameters
        assert trained == (read + 1) * 512 + 513 * 10, name


def test_few_training_images_do_not_blow_up_unseen_ones() -> None:
    """Of 20 images only 19 axes can be told; rounding must not make features of the others."""
    images = np.random.default_rng(0).integers(0, 256, (60, 12, 12, 3), np.uint8)
    door = InputTransform(np.full(3, 128.0), np.full(3, 1 / 64))
    network = Network(
        zoo.fe_dr_mlp(10, axes=40, hidden=(8,)), (3, 12, 12), workers=1, input_transform=door
    )
    part = Split(images[:20], np.zeros(20, np.int64))
    fit_layers(network, network.model, part, door)
    seen, unseen = (np.abs(network.predict(some)).max() for some in (images[:20], images[20:]))
    assert 0.1 < unseen / seen < 10
