import numpy as np
import pytest

from thumblab.core.summary import summary
from thumblab.layers import Dense, transformer_block
from thumblab.layers.dense import product

EXAMPLES = [
    (transformer_block(6, heads=2, hidden=10), (5, 6)),
    (Dense(7), (4, 5)),
    (Dense(3, bias=False), (1, 2)),
    (Dense(3), (8, 5)),
]


def test_parameters_by_hand() -> None:
    norms, attention = 4 * 64, 3 * 64 * 64 + 3 * 64 + 64 * 64 + 64
    dense = 64 * 256 + 256 + 256 * 64 + 64
    found = summary(transformer_block(64, heads=4, hidden=256), (64, 64))
    assert found.trainable_parameters == norms + attention + dense == 49_984


def test_flops_of_a_dense_layer_count_every_token() -> None:
    assert Dense(7).flops((12,)) == 2 * 12 * 7
    assert Dense(7).flops((4, 5)) == 4 * 2 * 5 * 7


@pytest.mark.parametrize("rows", [0, 1, 7, 12, 24, 32, 64, 96])
def test_any_number_of_rows_gives_the_plain_product(rows: int) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((rows, 5)), rng.standard_normal((3, 5))
    out = np.full((rows, 3), np.nan)
    assert product(x, weight.T, out) is out
    np.testing.assert_allclose(out, x @ weight.T, rtol=1e-12)
