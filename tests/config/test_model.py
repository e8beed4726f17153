import pytest

from thumblab import zoo
from thumblab.config import find_model, zoo_models
from thumblab.core.errors import ShapeError, UsageError
from thumblab.layers import Dense, Flatten, Sequential


def with_arguments(classes, width=8, *, deep=False, **others):
    return Sequential(Flatten(), Dense(width + len(others)), Dense(classes))


def fails(classes, why="no reason"):
    raise KeyError(why)


def no_layer(classes):
    return [classes]


NO_FUNCTION = 3


def test_a_model_of_the_zoo_is_called_with_the_classes():
    model = find_model("stacked_cnn:widths=32-64,dense=16,dropout=0.5,norm=after")
    expected = zoo.stacked_cnn(7, widths=(32, 64), dense=16, dropout=0.5, norm="after")
    assert model(7) == expected
    assert str(model) == "stacked_cnn:widths=32-64,dense=16,dropout=0.5,norm=after"


def test_a_number_is_enough_for_a_tuple():
    assert find_model("mlp:hidden=64")(10) == zoo.mlp(10, hidden=(64,))


def test_a_table_spells_a_model():
    assert find_model({"name": "mlp", "hidden": [64, 32]})(10) == zoo.mlp(10, hidden=(64, 32))


@pytest.mark.parametrize("name", zoo_models())
def test_every_model_of_the_zoo_is_found_and_named_as_given(name):
    model = find_model(name)
    assert model(10) == getattr(zoo, name)(10)
    assert str(model) == name


def test_a_users_function_is_found_with_arguments_of_any_kind():
    model = find_model(f"{__name__}:with_arguments:width=4,deep=true,other=2-3")
    assert model.arguments == {"width": 4, "deep": True, "other": (2, 3)}
    assert model(2) == Sequential(Flatten(), Dense(5), Dense(2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lenet", "unknown model 'lenet'; did you mean 'lenet5'"),
        ("mlp:hiden=3", "unknown argument of mlp 'hiden'; did you mean 'hidden'"),
        ("mlp:classes=3", "unknown argument of mlp 'classes'"),
        ("stacked_cnn:norm=before-after", "norm: 'before-after' is not one of none, after, before"),
        ("stacked_cnn:widths=a", "widths: 'a' is not a whole number"),
        (f"{__name__}:with_arguments:width=x", "width: 'x' is not a whole number"),
        (f"{__name__}:no_function", "unknown name in .* 'no_function'"),
        (f"{__name__}:NO_FUNCTION", "NO_FUNCTION is no function; write one that takes the classes"),
    ],
)
def test_what_is_no_model_is_refused(text, message):
    with pytest.raises(UsageError, match=message):
        find_model(text)


def test_what_goes_wrong_in_a_users_function_is_said():
    with pytest.raises(UsageError, match=r"failed for 3 classes \(KeyError: 'so' at test_model.py"):
        find_model(f"{__name__}:fails:why=so")(3)


def test_a_model_must_be_a_layer():
    with pytest.raises(UsageError, match=r"returned \[3\]; it must return a Layer"):
        find_model(f"{__name__}:no_layer")(3)


def test_an_error_of_a_layer_keeps_its_words():
    with pytest.raises(ShapeError, match="a convolution writes at least 1 channel"):
        find_model("stacked_cnn:widths=8-0")(3)
