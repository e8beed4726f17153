from thumblab import zoo
from thumblab.core.summary import summary


def test_parameters_by_hand() -> None:
    by_hand = (25 + 1) * 6 + (150 + 1) * 16 + (400 + 1) * 120 + (120 + 1) * 84 + (84 + 1) * 62
    assert by_hand == 66_126
    assert summary(zoo.lenet5(62), (1, 28, 28)).parameters == by_hand
