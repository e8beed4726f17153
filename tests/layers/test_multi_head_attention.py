import numpy as np
import pytest

from tests.optional import torch
from thumblab.core.errors import ShapeError
from thumblab.core.rules import torch_twin
from thumblab.engines.numpy import Network
from thumblab.layers import MultiHeadAttention

EXAMPLES = [
    (MultiHeadAttention(2), (5, 6)),
    (MultiHeadAttention(1), (1, 4)),
    (MultiHeadAttention(3), (3, 3)),
]


def open_network(tokens: int, features: int, heads: int, dtype: str = "f8") -> Network:
    return Network(MultiHeadAttention(heads), (tokens, features), dtype=dtype, workers=1)


def pass_through(net: Network) -> None:
    """Queries and keys of zero, values as they are: every token reads the mean token."""
    f = net.shape[1]
    net.arrays["in_proj_weight"][...] = np.concatenate([np.zeros((2 * f, f)), np.eye(f)])
    net.arrays["out_proj.weight"][...] = np.eye(f)


def test_without_preference_a_token_reads_the_mean_of_all() -> None:
    net = open_network(4, 6, heads=2)
    pass_through(net)
    x = np.random.default_rng(0).standard_normal((3, 4, 6))
    y, _ = net.run(x, training=False)
    np.testing.assert_allclose(y, np.broadcast_to(x.mean(1, keepdims=True), y.shape), atol=1e-15)


def test_attention_by_hand() -> None:
    net = open_network(2, 1, heads=1)
    net.arrays["in_proj_weight"][...] = [[1], [1], [1]]
    net.arrays["out_proj.weight"][...] = 1
    y, _ = net.run(np.array([[[0.0], [np.log(2)]]]), training=False)
    share = 1 / (1 + np.exp(np.log(2) ** 2))  # the second token's weight of the first
    expected = [np.log(2) / 2, np.log(2) * (1 - share)]
    np.testing.assert_allclose(y[0, :, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("size", [5.0, 40.0, 500.0])
def test_scores_of_any_size_agree_with_torch(size: float) -> None:
    """Large scores take the way with a shift; unshifted they would overflow or vanish."""
    net = open_network(6, 4, heads=2)
    net.arrays["in_proj_weight"][:8] *= size
    x = np.random.default_rng(0).standard_normal((3, 6, 4))
    twin = torch_twin(net.model, net.shape, torch).double()
    twin.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in net.arrays.items()})
    torch_x = torch.from_numpy(x).requires_grad_()
    theirs = twin(torch_x)
    theirs.sum().backward()
    y, backward = net.run(x, training=True)
    np.testing.assert_allclose(y, theirs.detach().numpy(), rtol=1e-9, atol=1e-11)
    dx = backward(np.ones_like(y))["input"]
    np.testing.assert_allclose(dx, torch_x.grad.numpy(), rtol=1e-7, atol=1e-9)


def test_scores_that_are_all_far_below_zero_agree_with_torch() -> None:
    net = open_network(6, 4, heads=2)
    net.arrays["in_proj_bias"][:8] = [30] * 4 + [-30] * 4  # queries against keys
    x = np.random.default_rng(0).standard_normal((3, 6, 4))
    twin = torch_twin(net.model, net.shape, torch).double()
    twin.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in net.arrays.items()})
    y, _ = net.run(x, training=True)
    wanted = twin(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(y, wanted, rtol=1e-9, atol=1e-11)


def test_float32_gradients_keep_their_digits_where_all_scores_are_large() -> None:
    x = np.random.default_rng(0).standard_normal((3, 6, 4))
    found = []
    for dtype in ("f8", "f4"):
        net = open_network(6, 4, heads=2, dtype=dtype)
        net.arrays["in_proj_weight"][:8] *= 0.01
        net.arrays["in_proj_bias"][:8] = 7.07  # scores near 70, powers near 1e30
        y, backward = net.run(x.astype(dtype), training=True)
        found.append(backward((1e-10 * np.cos(y)).astype(dtype))["input"].astype("f8"))
    np.testing.assert_allclose(found[1], found[0], atol=2e-5 * np.abs(found[0]).max())


def test_many_samples_are_cut_into_parts_that_change_nothing() -> None:
    net = open_network(64, 8, heads=4)
    x = np.random.default_rng(0).standard_normal((37, 64, 8))
    y, backward = net.run(x, training=True)
    y, dx = y.copy(), backward(np.cos(x))["input"].copy()
    for sample in (0, 16, 36):
        one, back = net.run(x[sample : sample + 1], training=True)
        np.testing.assert_allclose(one[0], y[sample], rtol=1e-12, atol=1e-14)
        own = back(np.cos(x[sample : sample + 1]))["input"]
        np.testing.assert_allclose(own[0], dx[sample], rtol=1e-10, atol=1e-13)


def test_flops_count_the_maps_and_the_attention() -> None:
    assert MultiHeadAttention(4).flops((64, 32)) == 2 * 4 * 64 * 32 * 32 + 2 * 2 * 64 * 64 * 32


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match=r"cannot share out 64 features; use a divisor"):
        MultiHeadAttention(3).out_shape((16, 64))
    with pytest.raises(ShapeError, match=r"MultiHeadAttention reads \(tokens, features\) but"):
        MultiHeadAttention(3).out_shape((3, 8, 8))
    with pytest.raises(ShapeError, match="attention has at least 1 head"):
        MultiHeadAttention(0)
