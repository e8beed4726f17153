import pytest

from thumblab import zoo
from thumblab.core.describe import summary

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
    found = summary(getattr(zoo, f"r1_exp_{number}")(10), (3, 32, 32))
    assert (found.parameters, found.trainable_parameters) == KERAS[number]


def test_arms_that_differ_in_their_data_only_share_a_model() -> None:
    for one, other in ((1, 2), (9, 16), (15, 17)):
        assert getattr(zoo, f"r1_exp_{one}")(10) == getattr(zoo, f"r1_exp_{other}")(10)


def test_initialisers_are_those_of_the_report() -> None:
    for number, init in ((6, "glorot_uniform"), (12, "he_uniform"), (14, "he_normal")):
        model = getattr(zoo, f"r1_exp_{number}")(10)
        convolutions = [layer.init for layer in model.layers if type(layer).__name__ == "Conv"]
        dense = [layer.init for layer in model.layers if type(layer).__name__ == "Dense"]
        assert set(convolutions) == {init}
        assert set(dense) == {"glorot_uniform"}
