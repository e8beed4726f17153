from pathlib import Path

from tests.cli.conftest import ROOT
from thumblab.config import recipes
from thumblab.config.catalog import entries, kinds


def test_everything_that_has_a_name_is_listed_and_explained(cli):
    counts = {kind: len(entries(kind)) for kind in kinds()} | {"recipes": len(recipes.names())}
    assert cli("list", "--json").json == counts
    for kind in kinds():
        listed = cli("list", kind, "--json").json
        assert [each["name"] for each in listed] == [each.name for each in entries(kind)]
        assert all(each["about"] for each in listed)
        (told,) = [e for e in cli("explain", listed[0]["name"], "--json").json if e["kind"] == kind]
        assert told["about"].startswith(listed[0]["about"])


def test_a_recipe_is_listed_and_explained_with_its_settings(cli):
    listed = cli("list", "recipes", "--json").json
    assert [each["name"] for each in listed] == recipes.names()
    assert all(each["about"] for each in listed)
    (told,) = cli("explain", "recipe:cifar10-90", "--json").json
    assert (told["kind"], told["name"]) == ("recipes", "cifar10-90")
    assert told["about"].startswith("CIFAR-10 to 90 %")
    assert told["settings"]["augment"] == "alternating_flip+crop:pad=2,mode=reflect"
    assert told["settings"]["model"].startswith("speedrun:")
    text = cli("explain", "recipe:cifar10-90").out
    assert "thumblab train recipe:cifar10-90" in text
    both = cli("explain", "characters", "--json").json
    assert [each["kind"] for each in both] == ["recipes", "data"]
    assert "did you mean 'cifar10-90'" in cli("explain", "recipe:cifar10_90").err


def test_a_kind_is_listed(cli):
    assert cli("explain", "optimizer").out == cli("list", "optimizers").out
    assert cli("explain", "losses").out == cli("list", "losses").out


def test_an_own_layer_and_an_own_model_are_explained(cli):
    Path("explained.py").write_text((ROOT / "examples" / "own_layer.py").read_text())
    (layer,) = cli("explain", "explained:LeakyReLU", "--json").json
    assert (layer["kind"], layer["arguments"][0]["name"]) == ("layers", "slope")
    (model,) = cli("explain", "explained:leaky_cnn", "--json").json
    assert [each["name"] for each in model["arguments"]] == ["widths", "slope"]
    assert cli("explain", "explained:np").code == 2
    assert cli("explain", "explained:UsageError").code == 2


def test_an_explanation_has_formula_source_and_arguments_of_bases_too(cli):
    told = cli("explain", "adamw").out
    assert "arXiv:1711.05101" in told
    assert "beta1" in told
    assert "``" not in told
    assert "(required)" in cli("explain", "conv").out
    (conv,) = cli("explain", "conv", "--json").json
    assert conv["arguments"][0] == {
        "name": "channels",
        "type": "a whole number",
        "default": None,
        "required": True,
        "about": "Output channels.",
    }


def test_an_unknown_name_is_one_line(cli):
    ended = cli("explain", "adamm")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "did you mean 'adam'" in ended.err
    assert len(ended.err) < 400
    assert "unknown kind 'x'; known: " in cli("list", "x").err
