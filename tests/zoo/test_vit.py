import numpy as np
import pytest

from tests.optional import torch
from thumblab import zoo
from thumblab.core.errors import ShapeError, UsageError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import torch_twin
from thumblab.core.summary import summary
from thumblab.engines.numpy import Network
from thumblab.layers import ClassToken, Sequential, TokenFirst, TokenMean


def test_parameters_by_hand() -> None:
    patches, positions, ends = 48 * 64 + 64, 64 * 64, 128 + 650
    assert summary(zoo.vit(10), (3, 32, 32)).parameters == 207_946
    assert patches + positions + 4 * 49_984 + ends == 207_946


def test_a_class_token_adds_itself_and_its_position() -> None:
    found = summary(zoo.vit(10, token="class"), (3, 32, 32))
    assert found.parameters == 207_946 + 64 + 64


def test_the_dense_layer_reads_the_token_named() -> None:
    mean, first = zoo.vit(10), zoo.vit(10, token="class")
    assert isinstance(mean, Sequential)
    assert isinstance(first, Sequential)
    assert TokenMean() in mean.layers
    assert ClassToken() not in mean.layers
    assert TokenFirst() in first.layers
    assert first.layers[1] == ClassToken()


def test_shapes_follow_the_arguments() -> None:
    model = zoo.vit(5, width=24, depth=2, heads=3, patch=7)
    assert model.out_shape((1, 28, 28)) == (5,)
    assert summary(model, (1, 28, 28)).rows[0].shape == (16, 24)


def test_errors_say_what_fits() -> None:
    with pytest.raises(UsageError, match=r"depth=0\) has no block"):
        zoo.vit(10, depth=0)
    with pytest.raises(UsageError, match="the token read is 'mean' or 'class'"):
        zoo.vit(10, token="last")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="does not cut 28x30 pixels into whole patches"):
        zoo.vit(10).out_shape((1, 28, 30))


def assert_gradients_agree(model: Layer, shape: Shape) -> None:
    """Logits and gradients of a training pass, in float64, from the same weights."""
    net = Network(model, shape, dtype="f8", workers=1)
    twin = torch_twin(model, shape, torch).double().train()
    state = {path: torch.from_numpy(array.copy()) for path, array in net.arrays.items()}
    twin.load_state_dict(state, strict=False)
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (19, *shape))
    y, backward = net.run(x, training=True)
    theirs = twin(torch.from_numpy(x))
    np.testing.assert_allclose(y, theirs.detach().numpy(), rtol=0, atol=1e-9 * np.abs(y).max())
    dy = rng.standard_normal(y.shape)
    grads = backward(dy)
    theirs.backward(torch.from_numpy(dy))
    for path, parameter in twin.named_parameters():
        expected = parameter.grad.numpy()
        limit = 1e-9 * max(np.abs(expected).max(), 1)
        np.testing.assert_allclose(grads[path], expected, rtol=0, atol=limit, err_msg=path)


@pytest.mark.parametrize("token", ["mean", "class"])
def test_gradients_agree_with_torch(token: str) -> None:
    assert_gradients_agree(zoo.vit(10, depth=2, token=token), (3, 16, 24))  # type: ignore[arg-type]
