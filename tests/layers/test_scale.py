import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import Scale

EXAMPLES = [(Scale(0.125), (4, 6, 6)), (Scale(-3), (12,)), (Scale(0.5), (5, 8))]


def test_values_and_gradients_are_multiplied() -> None:
    x = np.array([[1.0, -2.0]])
    y, backward = Network(Scale(3.0), (2,), dtype="f8", workers=1).run(x, training=True)
    assert y.tolist() == [[3, -6]]
    assert backward(x)["input"].tolist() == [[3, -6]]
