import numpy as np
import pytest

from tests.optional import torch
from tests.zoo.small import ARGUMENTS
from tests.zoo.test_vit import assert_gradients_agree
from tests.zoo.torchvision import ALEXNET
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, weights
from thumblab.core.rules import torch_twin
from thumblab.core.summary import summary
from thumblab.layers import AdaptiveAvgPool, Unused

CIFAR = (3, 32, 32)
PARTS = {"1": "features", "4": "classifier"}


def test_parameters_are_torchvisions() -> None:
    assert summary(zoo.alexnet(1000), CIFAR).trainable_parameters == 61_100_840


def test_names_and_shapes_are_torchvisions_but_for_the_first_part() -> None:
    found = {}
    for name, weight in weights(zoo.alexnet(1000), CIFAR).items():
        part, _, rest = name.partition(".")
        found[f"{PARTS[part]}.{rest}"] = weight.shape
    assert found == ALEXNET


@pytest.mark.parametrize(("size", "side"), [(224, 6), (64, 1)])
def test_features_shrink_and_are_brought_to_6x6(size: int, side: int) -> None:
    rows = summary(zoo.alexnet(10, size), CIFAR).rows
    place = next(i for i, row in enumerate(rows) if isinstance(row.layer, AdaptiveAvgPool))
    assert rows[place - 1].shape == (256, side, side)
    assert rows[place].shape == (256, 6, 6)
    assert rows[0].shape == (3, size, size)


def test_the_regressor_trains_and_the_features_do_not() -> None:
    found = summary(zoo.alexnet_regressor(10), CIFAR)
    assert found.trainable_parameters == 41_958_410
    assert found.parameters == 41_958_410 + 2_469_696


@pytest.mark.parametrize("model", [zoo.alexnet_skip, zoo.alexnet_skip_published])
def test_the_projection_is_owned_with_either_skip(model) -> None:
    projection = 256 * 256 + 256
    assert summary(model(10), CIFAR).trainable_parameters == 41_958_410 + projection


def features(model: Layer, x: torch.Tensor, weight: str | None = None) -> torch.Tensor:
    """What the regressor reads, with one weight doubled."""
    torch.manual_seed(0)
    twin = torch_twin(model, CIFAR, torch).eval()
    with torch.no_grad():
        if weight is not None:
            twin.state_dict()[weight].mul_(2)
        return twin[:4](x)


@pytest.mark.parametrize(
    ("name", "projection", "called"),
    [
        ("alexnet_skip", "2.1.1.weight", True),
        ("alexnet_skip_published", "2.1.0.layer.weight", False),
    ],
)
def test_the_projection_counts_only_as_meant(name: str, projection: str, called: bool) -> None:
    model = getattr(zoo, name)(10, **ARGUMENTS[name])
    x = torch.randn(2, *CIFAR)
    same = torch.equal(features(model, x), features(model, x, projection))
    assert same is not called
    unused = [row for row in summary(model, CIFAR).rows if isinstance(row.layer, Unused)]
    assert len(unused) == (not called)


@pytest.mark.parametrize(("name", "tap"), [("alexnet_skip", 11), ("alexnet_skip_published", 9)])
def test_the_skip_leads_from_where_the_report_has_it(name: str, tap: int) -> None:
    """Published: features + the mean of index 8. Meant: features + the projection of index 10."""
    model = getattr(zoo, name)(10, **ARGUMENTS[name])
    torch.manual_seed(0)
    twin = torch_twin(model, CIFAR, torch).eval()
    plain = torch_twin(zoo.alexnet(10, **ARGUMENTS["alexnet"]), CIFAR, torch).eval()
    theirs = plain.state_dict()
    layers = {f"1.layer.{i}": f"1.{i}" for i in range(tap)}
    layers |= {f"2.0.layer.{i}": f"1.{i + 9}" for i in range(4)}
    for path, value in twin.state_dict().items():
        layer, _, kind = path.rpartition(".")
        if layer in layers and (name != "alexnet_skip" or layer.startswith("1.")):
            value.copy_(theirs[f"{layers[layer]}.{kind}"])
    x = torch.randn(2, *CIFAR)
    pool = torch.nn.AdaptiveAvgPool2d(6)
    with torch.no_grad():
        resized = plain[0](x)
        tapped = plain[1][:tap](resized)
        skip = tapped if name == "alexnet_skip_published" else twin[2]["1"][1](tapped)
        expected = pool(plain[1](resized)) + pool(skip)
        found = twin[:3](x)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), atol=1e-6)


def test_a_size_that_the_pools_use_up_is_refused() -> None:
    with pytest.raises(UsageError, match="leave nothing of 62 pixels; resize to 63 or more"):
        zoo.alexnet(10, size=62)
    with pytest.raises(UsageError, match=r"AlexNet has 5 convolutions; widths \(3, 4\) are not"):
        zoo.alexnet(10, widths=(3, 4))
    assert zoo.alexnet(10, size=63).out_shape(CIFAR) == (10,)


@pytest.mark.parametrize("name", ["alexnet_skip", "alexnet_skip_published"])
def test_gradients_agree_with_torch(name: str) -> None:
    assert_gradients_agree(getattr(zoo, name)(3, **ARGUMENTS[name]), (3, 9, 8))
