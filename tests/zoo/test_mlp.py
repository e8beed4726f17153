from thumblab import zoo
from thumblab.core.summary import summary


def test_parameters_are_those_of_report_r0() -> None:
    found = summary(zoo.mlp(100), (3, 32, 32))
    assert found.parameters == found.trainable_parameters == 1_624_676


def test_every_width_is_a_layer() -> None:
    assert summary(zoo.mlp(3, hidden=(8, 4)), (5,)).parameters == 48 + 36 + 15
