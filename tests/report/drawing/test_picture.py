from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import pytest

from thumblab import zoo
from thumblab.core.layer import Layer
from thumblab.layers import Conv, Dense, Flatten, Identity, Parallel, Sequential, residual
from thumblab.report.drawing import draw

NAMESPACE = "{http://www.w3.org/2000/svg}"


def parsed(model: Layer, shape: tuple[int, ...], name: str = "net") -> ElementTree.Element:
    return ElementTree.fromstring(draw(model, shape, name))


def texts(picture: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in picture.iter(f"{NAMESPACE}text")]


def rectangles(picture: ElementTree.Element, kind: str) -> list[dict[str, float]]:
    return [
        {side: float(each.attrib[side]) for side in ("x", "y", "width", "height")}
        for each in picture.iter(f"{NAMESPACE}rect")
        if each.attrib["class"].split()[0] == kind
    ]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("vgg_like", (3, 32, 32)),
        ("resnet20", (3, 32, 32)),
        ("vit", (3, 32, 32)),
        ("inception", (3, 32, 32)),
        ("embedding_mlp", (3, 32, 32)),
        ("lenet5", (1, 28, 28)),
        ("mlp", (20,)),
    ],
)
def test_everything_lies_in_the_picture_and_no_box_on_another(
    name: str, shape: tuple[int, ...]
) -> None:
    picture = parsed(getattr(zoo, name)(10), shape, name)
    wide, high = float(picture.attrib["width"]), float(picture.attrib["height"])
    found = rectangles(picture, "box")
    for box in (*found, *rectangles(picture, "frame"), *rectangles(picture, "join")):
        assert 0 <= box["x"] <= box["x"] + box["width"] <= wide
        assert 0 <= box["y"] <= box["y"] + box["height"] <= high
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            apart = any(
                one[a] + one[size] <= other[a] or other[a] + other[size] <= one[a]
                for a, size in (("x", "width"), ("y", "height"))
            )
            assert apart, (one, other)


def test_it_says_shapes_parameters_and_how_blocks_repeat() -> None:
    said = texts(parsed(zoo.resnet20(100), (3, 32, 32), "resnet20"))
    assert said[:2] == ["resnet20", "3×32×32 to 100, 279,892 parameters, 81.64 MFLOP"]
    assert {"× 3", "× 2", "Conv 16, kernel 3", "64×8×8", "2,368", "+", "ReLU"} <= set(said)


def test_a_residual_connection_is_an_arc_from_the_fork_to_the_sum() -> None:
    text = draw(residual(Conv(3)), (3, 8, 8), "one")
    (arc,) = re.findall(r'class="line" d="(M[^"]+q[^"]+)"', text)
    numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", arc)]
    axis, top, out = numbers[0], numbers[1], numbers[2]
    assert out > axis  # to the right, down, and back
    assert arc.endswith(f"H{axis + 10:.1f}")
    assert "M" in arc[1:]
    assert top < float(re.findall(r"V(-?\d+\.?\d*)", arc)[-1])


def test_branches_that_are_joined_say_so() -> None:
    said = texts(parsed(Parallel(Conv(3), Conv(5), merge="concat"), (3, 8, 8)))
    assert {"concat", "8×8×8"} <= set(said)


@dataclass(frozen=True)
class Spiteful(Dense):
    """A layer of a user's whose words are markup."""

    def __str__(self) -> str:
        return "</title><script>alert(1)</script>"


def test_names_are_shown_as_text() -> None:
    text = draw(Sequential(Flatten(), Spiteful(3)), (3, 8, 8), '<img onerror="x">&')
    picture = ElementTree.fromstring(text)
    assert "<script" not in text
    assert "<img" not in text
    assert texts(picture)[0] == '<img onerror="x">&'
    assert "</title><script>alert(1)</script>" in [
        each.text for each in picture.iter(f"{NAMESPACE}title")
    ]


def test_long_words_are_cut_to_the_box() -> None:
    @dataclass(frozen=True)
    class LayerWithANameThatNobodyWouldGiveALayerUnlessTheyWereTestingABox(Dense):
        pass

    kind = LayerWithANameThatNobodyWouldGiveALayerUnlessTheyWereTestingABox
    said = texts(parsed(kind(3), (4,)))
    assert any(each.endswith("…") for each in said)
    assert not any(kind.__name__ in each for each in said)


def test_a_network_without_layers_is_a_line() -> None:
    assert texts(parsed(Identity(), (4,)))[:2] == ["net", "4 to 4, 0 parameters, 0.00 MFLOP"]


def test_colors_follow_the_readers_choice_of_light_or_dark() -> None:
    text = draw(zoo.mlp(10), (4,), "mlp")
    assert "@media (prefers-color-scheme: dark)" in text
    light, dark = (set(re.findall(r"--([\w-]+):", part)) for part in text.split("@media"))
    assert light == dark
