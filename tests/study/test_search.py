import pytest

from thumblab.core.errors import UsageError
from thumblab.study.search import Choices, Range, Search, find_space


def test_ranges_and_choices_are_read() -> None:
    assert find_space("0.02..0.5 log") == Range(0.02, 0.5, log=True)
    assert find_space("16..64") == Range(16, 64, whole=True)
    assert find_space("0..1.5") == Range(0, 1.5)
    assert find_space([32, 64]) == Choices(("32", "64"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("0.5", "no range"),
        ("a..b", "no range of numbers"),
        ("2..1", "must rise"),
        ("0..1 log", "must rise above 0"),
        (["sgd"], "two different"),
        (3, "no range"),
    ],
)
def test_what_is_no_space_is_refused(given: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_space(given)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"space": ()}, "needs a space"),
        ({"sampler": "grid"}, "unknown sampler"),
        ({"pruner": "asah"}, "did you mean 'asha'"),
        ({"trials": 0}, "at least 1"),
        ({"epochs": 0}, "at least 1"),
    ],
)
def test_searches_that_cannot_be_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Search(**({"space": (("epochs", Range(1, 2)),)} | values))
