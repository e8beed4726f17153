from __future__ import annotations

import string

from thumblab.analysis import LabelMap, label_map, merged_cases

ALL = tuple(string.digits + string.ascii_uppercase + string.ascii_lowercase)
MERGED = merged_cases(ALL).names


def test_62_classes_go_to_the_47_that_emnist_merges_them_into() -> None:
    found = label_map(ALL, MERGED)
    assert found == LabelMap(MERGED, merged_cases(ALL).groups, tuple(range(47)))


def test_a_coarser_network_meets_finer_data_in_its_own_classes() -> None:
    found = label_map(MERGED, ALL)
    assert found == LabelMap(MERGED, tuple(range(47)), merged_cases(ALL).groups)


def test_equal_classes_in_another_order_meet_in_the_datas() -> None:
    found = label_map(("cat", "dog"), ("dog", "cat"))
    assert found == LabelMap(("dog", "cat"), (1, 0), (0, 1))


def test_the_same_name_wins_over_the_same_letter() -> None:
    found = label_map(ALL, ALL[::-1])
    assert found is not None
    assert [found.names[i] for i in found.of_network] == list(ALL)


def test_strangers_do_not_meet() -> None:
    assert label_map(("cat", "dog"), ("dog", "cow")) is None
    assert label_map(("a",), ("a", "b")) is None
