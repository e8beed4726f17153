import pytest

from thumblab import zoo
from thumblab.config import find_model, zoo_models
from thumblab.core.errors import UsageError
from thumblab.core.summary import summary
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, ReLU, Sequential

KERAS = {
    1: (24_522, 24_522),
    2: (24_522, 24_522),
    3: (38_218, 38_218),
    4: (395_178, 395_178),
    5: (168_394, 168_394),
    6: (184_906, 184_906),
    7: (184_906, 184_906),
    8: (186_826, 185_866),
    9: (186_826, 185_866),
    10: (186_826, 185_866),
    11: (186_826, 185_866),
    12: (184_906, 184_906),
    13: (184_906, 184_906),
    14: (184_906, 184_906),
    15: (454_442, 453_482),
    16: (186_826, 185_866),
    17: (454_442, 453_482),
}
"""Parameters, and trainable ones, that Keras printed in the 17 notebooks of report R1."""


@pytest.mark.parametrize("number", KERAS)
def test_parameters_are_those_that_keras_printed(number: int) -> None:
    found = summary(zoo.r1_experiment(10, number), (3, 32, 32))
    assert (found.parameters, found.trainable_parameters) == KERAS[number]


def test_arms_that_differ_in_their_data_only_share_a_model() -> None:
    for one, other in ((1, 2), (9, 16), (15, 17)):
        assert zoo.r1_experiment(10, one) == zoo.r1_experiment(10, other)


PLAIN, DOUBLED = (32, 64, 64, 64, 128), tuple(w for w in (32, 64, 64, 64, 128) for _ in range(2))
WRITTEN = {
    1: ((32,) * 3, "crp", "", "glorot_uniform"),
    2: ((32,) * 3, "crp", "", "glorot_uniform"),
    3: ((32,) * 5, "crp", "", "glorot_uniform"),
    4: ((16, 32, 64, 128, 256), "crp", "", "glorot_uniform"),
    5: (PLAIN, "crp", "", "glorot_uniform"),
    6: (PLAIN, "crp", "fr", "glorot_uniform"),
    7: (PLAIN, "crpd", "frd", "glorot_uniform"),
    8: (PLAIN, "crnpd", "frnd", "glorot_uniform"),
    9: (PLAIN, "crnpd", "frnd", "he_uniform"),
    10: (PLAIN, "cnrpd", "fnrd", "he_uniform"),
    11: (PLAIN, "crnp", "frn", "glorot_uniform"),
    12: (PLAIN, "crp", "fr", "he_uniform"),
    13: (PLAIN, "crpd", "frd", "he_uniform"),
    14: (PLAIN, "crpd", "frd", "he_normal"),
    15: (DOUBLED, "crcrnpd", "frnd", "he_uniform"),
    16: (PLAIN, "crnpd", "frnd", "he_uniform"),
    17: (DOUBLED, "crcrnpd", "frnd", "he_uniform"),
}
"""Channels, letters of each stage, those from the flat vector to the logits, how convolutions start."""
LETTERS = {
    Conv: "c",
    ReLU: "r",
    BatchNorm: "n",
    MaxPool: "p",
    Dropout: "d",
    Flatten: "_",
    Dense: "f",
}


@pytest.mark.parametrize("number", WRITTEN)
def test_layers_are_those_of_the_notebook(number: int) -> None:
    channels, stage, dense, init = WRITTEN[number]
    model = zoo.r1_experiment(10, number)
    assert isinstance(model, Sequential)
    stages = len(channels) // stage.count("c")
    assert "".join(LETTERS[type(layer)] for layer in model.layers) == stage * stages + f"_{dense}f"
    convolutions = [layer for layer in model.layers if isinstance(layer, Conv)]
    assert tuple(layer.channels for layer in convolutions) == channels
    assert {layer.init for layer in convolutions} == {init}
    for layer in model.layers:
        if isinstance(layer, Dense):
            assert (layer.units, layer.init) in ((128, "glorot_uniform"), (10, "glorot_uniform"))
        elif isinstance(layer, Dropout):
            assert layer.rate == 0.3
        elif isinstance(layer, BatchNorm):
            assert (layer.momentum, layer.eps) == (0.01, 1e-3)
        elif isinstance(layer, MaxPool):
            assert layer == MaxPool(3, 2, "same")


def test_there_are_seventeen() -> None:
    for number in (0, 18):
        with pytest.raises(
            UsageError, match=r"number=\d+\): the experiments are numbered 1 to 17$"
        ):
            zoo.r1_experiment(10, number)


@pytest.mark.parametrize("number", KERAS)
def test_the_names_that_they_had_are_understood(number: int) -> None:
    with pytest.warns(UserWarning, match=rf"r1_exp_{number} is called r1_experiment with number="):
        assert getattr(zoo, f"r1_exp_{number}")(10) == zoo.r1_experiment(10, number)
    with pytest.warns(
        UserWarning, match=rf"^r1_exp_{number} is called r1_experiment:number={number} "
    ):
        assert find_model(f"r1_exp_{number}")(10) == zoo.r1_experiment(10, number)


def test_a_function_that_never_was_is_no_old_one() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'r1_exp_18'"):
        _ = zoo.r1_exp_18  # type: ignore[attr-defined]
    assert "__getattr__" not in zoo_models()
