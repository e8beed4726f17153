from dataclasses import dataclass, field

from thumblab.core.columns import columns


@dataclass(frozen=True)
class Inner:
    mean: float


@dataclass(frozen=True)
class Row:
    name: str
    test: Inner | None
    images: object = field(default=None, repr=False)


def test_dataclasses_are_taken_apart_and_what_they_do_not_print_is_left_out():
    rows = [Row("a", None, object()), Row("b", Inner(0.5), object())]
    assert columns(rows) == {"name": ["a", "b"], "test": [None, None], "test.mean": [None, 0.5]}


def test_rows_that_lack_a_column_hold_none_there():
    assert columns([{"a": 1}, {"b": 2}]) == {"a": [1, None], "b": [None, 2]}
    assert columns([]) == {}
