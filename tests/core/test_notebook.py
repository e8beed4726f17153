from dataclasses import dataclass

from thumblab import layers, zoo
from thumblab.core.layer import Layer
from thumblab.core.notebook import LONGEST, facts, folded, node, picture

BAD = '<script>"&'
SAFE = "&lt;script&gt;&quot;&amp;"


def test_every_text_is_escaped():
    for made in (
        facts(BAD, [(BAD, BAD)]),
        folded(BAD, "inside"),
        node(BAD, BAD),
        picture(b"png", BAD),
    ):
        assert SAFE in made
        assert "<script" not in made


def test_long_values_are_cut():
    assert len(facts("a", [("b", "c" * 10 * LONGEST)])) < 2 * LONGEST


@dataclass(frozen=True)
class Named(Layer):
    text: str = ""


def test_a_layer_shows_its_tree_and_the_arguments_that_are_not_the_usual():
    model = layers.Sequential(layers.Dense(8), layers.Sequential(Named(BAD)))
    assert model._repr_html_() == (
        "<ul><li>Sequential <code></code><ul><li>Dense <code>units=8</code></li>"
        f"<li>Sequential <code></code><ul><li>Named <code>text={SAFE}</code></li></ul></li></ul></li></ul>"
    )


def test_every_model_of_the_zoo_shows_its_layers():
    shown = zoo.resnet20(10)._repr_html_()
    assert shown.count("<li>Conv ") > 18
    assert "Parallel" in shown
