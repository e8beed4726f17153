import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape
from thumblab.core.summary import summary
from thumblab.layers import Parallel, Sequential


@pytest.mark.parametrize(
    ("model", "shape", "parameters"),
    [
        (zoo.resnet18(10), (3, 32, 32), 11_173_962),
        (zoo.resnet18(1000, stem="imagenet"), (3, 224, 224), 11_689_512),
        (zoo.resnet50(10), (3, 32, 32), 23_520_842),
        (zoo.resnet50_imagenet(1000), (3, 224, 224), 25_557_032),
        (zoo.resnet50(1000, blocks=(3, 4, 23, 3), stem="imagenet"), (3, 224, 224), 44_549_160),
    ],
)
def test_parameters_are_the_published_ones(model: Layer, shape: Shape, parameters: int) -> None:
    assert summary(model, shape).trainable_parameters == parameters


def test_the_size_of_report_r2_is_met() -> None:
    found = summary(zoo.resnet50(47, stem="imagenet", dense=1024), (1, 28, 28))
    assert found.parameters / 1e6 == pytest.approx(25.73, abs=0.04)  # Keras adds 26,560 biases


@pytest.mark.parametrize(
    ("stem", "sides"), [("thumbnail", [32, 16, 8, 4]), ("imagenet", [8, 4, 2, 1])]
)
def test_sides_of_the_stages(stem: str, sides: list[int]) -> None:
    model = zoo.resnet50(10, stem=stem)  # type: ignore[arg-type]
    assert isinstance(model, Sequential)
    shape, found = (3, 32, 32), []
    for layer in model.layers:
        shape = layer.out_shape(shape)
        if isinstance(layer, Parallel):
            found.append(shape)
    assert len(found) == 16
    assert sorted({side for _, side, _ in found}, reverse=True) == sides
    assert [channels for channels, _, _ in found[::5]] == [256, 512, 1024, 2048]


def test_the_stem_is_named() -> None:
    with pytest.raises(UsageError, match="unknown stem 'image'; did you mean 'imagenet'"):
        zoo.resnet18(10, stem="image")  # type: ignore[arg-type]


def test_stages_are_told_once_each() -> None:
    for wrong in (
        lambda: zoo.resnet50(10, widths=(4, 4)),
        lambda: zoo.resnet50(10, blocks=(1, 1)),
        lambda: zoo.resnet18(10, widths=()),
    ):
        with pytest.raises(UsageError, match="one number of blocks and one width a stage"):
            wrong()


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.resnet18(3, (4, 5)), (3, 9, 8))
    assert_gradients_agree(zoo.resnet50_imagenet(3, (3, 4), (2, 1)), (3, 17, 16))
