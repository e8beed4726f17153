from typing import Literal

import pytest

from thumblab.config.catalog import Argument, entries, find, kinds, spelled
from thumblab.core.errors import UsageError
from thumblab.data import Augmentation


def test_everything_named_tells_its_arguments() -> None:
    for kind in kinds():
        found = entries(kind)
        assert found
        assert all(argument.wanted for entry in found for argument in entry.arguments)
        assert all(entry.target.__doc__ for entry in found)


def test_arguments_are_spelled_as_they_are_typed() -> None:
    (adam,) = find("AdamW")
    assert adam.arguments[0] == Argument("lr", "a number or the name of a schedule", "0.001")
    (model,) = find("stacked-cnn")
    assert "classes" not in [each.name for each in model.arguments]
    (frozen,) = find("frozen")
    assert frozen.arguments[0].default is None


def test_a_name_that_is_not_there_has_a_neighbor() -> None:
    with pytest.raises(UsageError, match="unknown name 'adamm'; did you mean 'adam'"):
        find("adamm")
    with pytest.raises(UsageError, match="unknown kind of things 'loss'"):
        entries("loss")


def test_annotations_are_words() -> None:
    assert spelled(Literal["a", "b"]) == "a or b"
    assert spelled(tuple[Augmentation, ...]).endswith("augmentation, several joined by +")
    assert spelled(tuple[float, float]) == "a number and a number, joined by -"
