from __future__ import annotations

import pytest

from thumblab.analysis import Grouping


def test_every_class_has_a_group_with_a_name() -> None:
    found = Grouping((1, 0, 1), ("digit", "letter"))
    assert [found.names[group] for group in found.groups] == ["letter", "digit", "letter"]


@pytest.mark.parametrize(
    ("groups", "names"), [((0, 2), ("a", "b")), ((0, 0), ("a", "b")), ((), ("a",)), ((-1,), ("a",))]
)
def test_a_gap_is_told(groups: tuple[int, ...], names: tuple[str, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"; give each group a name and at least one class, from 0"
    ):
        Grouping(groups, names)
