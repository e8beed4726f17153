import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import PatchEmbedding

EXAMPLES = [
    (PatchEmbedding(5, patch=2), (3, 4, 6)),
    (PatchEmbedding(4, patch=3), (1, 9, 6)),
    (PatchEmbedding(6, patch=1), (2, 3, 3)),
]


@pytest.mark.parametrize("rules", ["fast", "reference"])
def test_tokens_are_the_patches_in_row_order(rules: str) -> None:
    net = Network(PatchEmbedding(1, patch=2), (1, 4, 4), dtype="f8", workers=1, rules=rules)  # type: ignore[arg-type]
    net.arrays["weight"][...], net.arrays["bias"][...] = [[1.0, 0.0], [0.0, 10.0]], 0.5
    image = np.arange(16.0).reshape(1, 1, 4, 4)
    y, _ = net.run(image, training=False)
    expected = [0 + 50.5, 2 + 70.5, 8 + 130.5, 10 + 150.5]  # upper left + 10 * lower right + bias
    np.testing.assert_array_equal(y[0, :, 0], expected)


def test_flops_are_those_of_a_convolution() -> None:
    assert PatchEmbedding(64).flops((3, 32, 32)) == 2 * 64 * 64 * 3 * 16


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match=r"does not cut 30x32 pixels into whole patches; use a"):
        PatchEmbedding(8).out_shape((3, 30, 32))
    with pytest.raises(ShapeError, match=r"PatchEmbedding reads \(channels, height, width\) but"):
        PatchEmbedding(8).out_shape((12,))
    with pytest.raises(ShapeError, match="width and patch must be at least 1"):
        PatchEmbedding(8, patch=0)
