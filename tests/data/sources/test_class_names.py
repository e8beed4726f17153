from unicodedata import normalize

import pytest

from thumblab.core.errors import DataError
from thumblab.data.sources.class_names import class_names

KOREAN = "\uace0\uc591\uc774"


def test_one_name_in_two_unicode_forms_is_one_class() -> None:
    """As an archive made on a Mac beside one made elsewhere; it used to be two classes."""
    apart = normalize("NFD", KOREAN)
    assert apart != KOREAN
    found = class_names({"training": [apart, "a"], "test": [KOREAN]}, "x")
    assert found.names == ("a", KOREAN)
    assert (found.of[apart], found.of[KOREAN], found.notes) == (1, 1, ())
    both = class_names({"training": [apart, KOREAN, "a"]}, "x")
    assert both.names == ("a", KOREAN)
    assert both.notes == (f"{KOREAN}: written in two Unicode forms, read as one class",)


@pytest.mark.parametrize("names", [("Cat", "cat"), ("dog", "dog "), (" dog", "DOG")])
def test_names_that_differ_in_case_or_spaces_are_refused(names) -> None:
    one, two = sorted(names)
    with pytest.raises(
        DataError, match=f"has classes {one!r} and {two!r}, which differ in case or"
    ):
        class_names({"training": ["owl", *names]}, "x")
    with pytest.raises(DataError, match="rename one, or put their pictures into one folder"):
        class_names({"training": [names[0]], "test": [names[1]]}, "x")


def test_names_that_other_parts_alone_have_are_no_classes() -> None:
    assert class_names({"training": ["b", "a"], "test": ["c"]}, "x").of == {"b": 1, "a": 0}


def test_spaces_around_a_name_are_no_part_of_it() -> None:
    assert class_names({"training": ["dog ", "cat"]}, "x").names == ("cat", "dog")
