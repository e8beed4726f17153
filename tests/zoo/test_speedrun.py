import numpy as np
import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import weights
from thumblab.core.summary import summary
from thumblab.engines.numpy import Network
from thumblab.layers import GELU, BatchNorm, Conv, MaxPool, Sequential, SiLU, Whiten

CIFAR = (3, 32, 32)


def convolutions(*widths: int) -> int:
    """Weights of two 3x3 convolutions a block, behind 24 whitened channels."""
    pairs = zip((24, *widths), widths, strict=False)
    return sum(9 * (before * width + width * width) for before, width in pairs)


@pytest.mark.parametrize(
    ("widths", "millions"),
    [((64, 256, 256), 1.97), ((64, 128, 128), 0.57), ((128, 384, 384), 4.61)],
)
def test_parameters_are_those_of_the_records(widths: tuple[int, ...], millions: float) -> None:
    found = summary(zoo.speedrun(10, widths), CIFAR)
    norms, whiten_bias, head = 4 * sum(widths), 24, 10 * widths[-1]
    assert found.trainable_parameters == convolutions(*widths) + norms + whiten_bias + head
    assert found.trainable_parameters / 1e6 == pytest.approx(millions, abs=0.006)


def test_wide_is_the_benchmarks() -> None:
    assert zoo.wide(10) == zoo.speedrun(10)
    assert summary(zoo.wide(10), CIFAR).trainable_parameters == 1_972_504


def test_a_pass_costs_what_the_record_says() -> None:
    """RECIPES: 236 MFLOP an image in six convolutions; the first and the last layer come on top."""
    rest = 2 * 31 * 31 * 24 * 12 + 2 * 256 * 10
    assert summary(zoo.wide(10), CIFAR).flops == pytest.approx(235.8e6 + rest, rel=1e-3)


def test_maps_shrink_from_31_to_1() -> None:
    model = zoo.wide(10)
    assert isinstance(model, Sequential)
    shape, shapes = CIFAR, []
    for layer in model.layers:
        shape = layer.out_shape(shape)
        if isinstance(layer, Whiten | MaxPool):
            shapes.append(shape)
    assert shapes == [(24, 31, 31), (64, 15, 15), (256, 7, 7), (256, 3, 3), (256, 1, 1)]


def test_convolutions_start_as_the_identity() -> None:
    model = zoo.wide(10)
    assert isinstance(model, Sequential)
    assert {layer.init for layer in model.layers if isinstance(layer, Conv)} == {"dirac"}
    assert not weights(model, CIFAR)["0.weight"].trained


def test_the_head_of_the_muon_variant_starts_with_variance_1() -> None:
    model = zoo.speedrun(10, (8, 12), scale=1 / 256, head="unit_uniform")
    arrays = Network(model, CIFAR, workers=1).arrays
    assert arrays["18.weight"].var() == pytest.approx(1, abs=0.1)


def test_its_norms_forget_as_fast_as_the_records() -> None:
    model = zoo.speedrun(10)
    assert isinstance(model, Sequential)
    norms = [layer for layer in model.layers if isinstance(layer, BatchNorm)]
    assert norms == [BatchNorm(momentum=0.4, eps=1e-12)] * 6


def test_the_activation_is_named() -> None:
    silu, gelu = zoo.speedrun(10, activation="silu"), zoo.speedrun(10)
    assert isinstance(silu, Sequential)
    assert isinstance(gelu, Sequential)
    assert silu.layers.count(SiLU()) == gelu.layers.count(GELU()) == 7
    with pytest.raises(UsageError, match="unknown activation 'gleu'; did you mean 'gelu'"):
        zoo.speedrun(10, activation="gleu")  # type: ignore[arg-type]


def test_it_predicts_finite_logits_on_constant_images() -> None:
    """BatchNorm's eps is next to nothing there."""
    net = Network(zoo.speedrun(4, (8, 8, 8)), CIFAR, workers=1)
    assert np.isfinite(net.run(np.ones((5, *CIFAR)), training=True)[0]).all()


@pytest.mark.parametrize("activation", ["gelu", "silu"])
def test_gradients_agree_with_torch(activation: str) -> None:
    assert_gradients_agree(zoo.speedrun(5, (8, 12, 8), activation), CIFAR)  # type: ignore[arg-type]
