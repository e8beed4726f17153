from pathlib import Path

import pytest

from thumblab.config import load, read_file
from thumblab.config.recipes import names, open_recipe, recipe_name
from thumblab.core.errors import UsageError


@pytest.mark.parametrize("name", names())
def test_every_recipe_says_what_it_is_for_and_fits_its_data(name):
    with open_recipe(name) as file:
        assert file.readline().startswith(b"# ")
    experiment = load(f"recipe:{name}")
    channels = 1 if any(word in name for word in ("emnist", "characters", "r2/")) else 3
    side = 28 if channels == 1 else 32
    (logits,) = experiment.model.out_shape((channels, side, side))
    assert logits in (10, 47, 62, 100, 256)


def test_an_unknown_recipe_names_the_nearest():
    for ask in (read_file, load):
        with pytest.raises(UsageError, match="unknown recipe 'cifar10-9'; did you mean 'cifar10-9"):
            ask("recipe:cifar10-9")
    with pytest.raises(UsageError, match=r"unknown recipe '\.\./recipes/characters'"):
        open_recipe("../recipes/characters")


def test_a_recipe_is_read_by_its_name_with_or_without_what_marks_it():
    with open_recipe("characters") as first, open_recipe("recipe:characters") as second:
        assert first.read() == second.read()
    assert read_file(Path("recipe:r2/cnn")).settings == read_file("recipe:r2/cnn").settings
    assert recipe_name(Path("recipe:r2/cnn")) == "r2/cnn"
    assert recipe_name("r2/cnn") is None
