from functools import partial

import numpy as np
import pytest

from thumblab.engines.numpy import InputTransform
from thumblab.kernels.layout import BLOCK, block_count, read_blocks

RNG = np.random.default_rng(0)
DOORS = {
    "nothing": (np.zeros(1), np.ones(1)),
    "a channel": (RNG.uniform(0, 99, (1, 1, 3)), RNG.uniform(0.1, 2, (1, 1, 3))),
    "a pixel": (RNG.uniform(0, 99, (4, 5, 3)), RNG.uniform(0.1, 2, (4, 5, 3))),
}


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("samples", [1, 16, 21])
def test_both_layouts_get_the_same_normalized_values(name: str, samples: int) -> None:
    shift, scale = DOORS[name]
    batch = np.random.default_rng(samples).integers(0, 256, (samples, 4, 5, 3)).astype(np.uint8)
    input_transform = InputTransform(shift, scale)
    plain = input_transform.plain(batch, np.empty)
    np.testing.assert_allclose(plain, ((batch - shift) * scale).transpose(0, 3, 1, 2))
    out = np.zeros((block_count(samples), 6, 7, BLOCK, 3))
    out[:, 1:-1, 1:-1] = np.nan
    input_transform.blocked(batch, out, np.empty)
    np.testing.assert_array_equal(read_blocks(out, samples), plain)
    assert np.isfinite(out).all()
    padding_samples = out[-1, :, :, samples % BLOCK :] if samples % BLOCK else out[:0]
    assert not padding_samples.any()  # zero, though 0 is not what a black pixel becomes


def test_features_pass_through_the_plain_door() -> None:
    input_transform = InputTransform(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    found = input_transform.plain(
        np.array([[1, 2], [2, 4]], np.float32), partial(np.empty, dtype=np.float32)
    )
    np.testing.assert_array_equal(found, [[0, 0], [2, 6]])
    assert found.dtype == np.float32


def test_tokens_keep_their_order() -> None:
    tokens = np.arange(24.0).reshape(2, 3, 4)
    found = InputTransform(np.ones(1), np.full(4, 2.0)).plain(tokens, np.empty)
    np.testing.assert_array_equal(found, (tokens - 1) * 2)
