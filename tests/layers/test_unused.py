import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.core.layer import swap, weights
from thumblab.core.summary import summary
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Dense, ReLU, Sequential, Unused
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD

EXAMPLES = [
    (Unused(Conv(5)), (4, 6, 6)),
    (Unused(Sequential(Conv(2), BatchNorm())), (3, 5, 7)),
    (Unused(Dense(3)), (12,)),
    (Unused(ReLU()), (12,)),
]


def test_its_weights_are_counted_and_its_operations_are_not() -> None:
    model = Sequential(Unused(Dense(3)), Dense(2))
    assert list(weights(model, (4,)))[:2] == ["0.layer.weight", "0.layer.bias"]
    told = summary(model, (4,))
    assert told.trainable_parameters == 4 * 3 + 3 + 4 * 2 + 2
    assert told.flops == model.flops((4,)) == 2 * 4 * 2


def test_training_leaves_its_weights_alone() -> None:
    net = Network(Sequential(Dense(4), Unused(Dense(3)), Dense(2)), (4,), workers=1)
    before = net.weights()
    x, labels = np.eye(4, dtype="f4"), np.array([0, 1, 0, 1])
    for step in range(3):
        net.train_step(
            x, labels, loss=CrossEntropy(), optimizer=SGD(), learning_rate=0.1, step=step
        )
    np.testing.assert_array_equal(net.arrays["1.layer.weight"], before["1.layer.weight"])
    assert (net.arrays["2.weight"] != before["2.weight"]).any()


def test_swap_reaches_inside() -> None:
    assert swap(Unused(Sequential(Dense(3), ReLU())), Dense, BatchNorm()) == Unused(
        Sequential(BatchNorm(), ReLU())
    )


def test_what_is_unused_has_to_fit() -> None:
    with pytest.raises(ShapeError, match="Dense reads"):
        Unused(Dense(3)).out_shape((3, 4, 4))
