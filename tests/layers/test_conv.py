import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, ReLU, Sequential

IMAGE = (4, 6, 6)
EXAMPLES = [
    (Conv(5), IMAGE),
    (Conv(5), (3, 5, 7)),
    (Conv(5), (1, 28, 28)),
    (Conv(16), (16, 8, 8)),
    (Conv(6), (5, 2, 2)),
    (Conv(6), (5, 1, 1)),
    (Conv(5, kernel=1, bias=False), IMAGE),
    (Conv(5, kernel=1, stride=2, bias=False), (4, 5, 7)),
    (Conv(3, kernel=5, padding="valid"), IMAGE),
    (Conv(3, kernel=5), IMAGE),
    (Conv(3, kernel=3, stride=2), IMAGE),
    (Conv(3, kernel=3, stride=2, padding=1), (4, 5, 7)),
    (Conv(3, kernel=2, stride=1, padding="valid"), IMAGE),
    (Conv(3, kernel=4, stride=2, padding=1), (2, 9, 8)),
    (Conv(2, kernel=3, padding=2), IMAGE),
    (Conv(2, kernel=1, padding=1), IMAGE),
    (Conv(6, groups=2), IMAGE),
    (Conv(4, groups=4, bias=False), (4, 5, 7)),
    (Conv(12, kernel=5, stride=2, padding=1, groups=6), (6, 9, 8)),
    (Conv(8, kernel=1, groups=4), (8, 3, 3)),
]


def test_same_padding_puts_the_odd_zero_below_and_right() -> None:
    assert Conv(1, kernel=3, stride=2).out_shape((1, 32, 32)) == (1, 16, 16)
    assert Conv(1, kernel=3, stride=2).out_shape((1, 5, 7)) == (1, 3, 4)


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match=r"does not fit in 3x3 pixels; use a smaller kernel"):
        Conv(1, kernel=5, padding="valid").out_shape((1, 3, 3))
    with pytest.raises(ShapeError, match=r"Conv reads \(channels, height, width\) but was given"):
        Conv(1).out_shape((12,))
    with pytest.raises(ShapeError, match="padding must be 'same', 'valid' or a number of pixels"):
        Conv(1, padding="full")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="at least 1"):
        Conv(1, stride=0)
    with pytest.raises(ShapeError, match="at least 1 channel"):
        Conv(0)
    with pytest.raises(ShapeError, match="groups must divide the channels written"):
        Conv(8, groups=3)
    with pytest.raises(ShapeError, match="groups must divide the channels written"):
        Conv(8, groups=0)
    with pytest.raises(ShapeError, match="cannot divide 6 channels; choose groups that do"):
        Conv(8, groups=4).out_shape((6, 5, 5))


def test_flops_count_a_multiply_add_as_two() -> None:
    assert Conv(16).flops((3, 32, 32)) == 2 * 32 * 32 * 16 * 3 * 9
    assert Conv(16, groups=8).flops((16, 32, 32)) == 2 * 32 * 32 * 16 * 2 * 9


@pytest.mark.parametrize("rules", ["fast", "reference"])
def test_groups_do_not_see_each_other(rules: str) -> None:
    net = Network(Conv(4, groups=2), (6, 5, 5), dtype="f8", workers=1, rules=rules)  # type: ignore[arg-type]
    x = np.zeros((3, 6, 5, 5))
    x[:, 3:] = 1
    net.arrays["bias"][...] = 0
    y, _ = net.run(x, training=False)
    assert not y[:, :2].any()
    assert y[:, 2:].all()


@pytest.mark.parametrize("samples", [16, 21])
def test_fused_grouped_convolutions_equal_single_ones(samples: int) -> None:
    model = Sequential(
        Conv(6), ReLU(), Conv(6, groups=3), BatchNorm(), ReLU(), Conv(6, groups=6), ReLU(), Conv(2)
    )
    x = np.random.default_rng(0).integers(-2, 3, (samples, 3, 7, 6)).astype("f8")
    results = []
    for fused in (True, False):
        net = Network(model, (3, 7, 6), dtype="f8", workers=1, fused=fused)
        y, backward = net.run(x, training=True)
        results.append({"output": y.copy(), **backward(np.cos(np.arange(y.size)).reshape(y.shape))})
    for name, expected in results[1].items():
        np.testing.assert_allclose(results[0][name], expected, rtol=1e-9, atol=1e-9, err_msg=name)
