from dataclasses import replace

from tests.report.conftest import dataset_of
from thumblab.report.own_groups import own_groups


def test_groups_without_a_class_are_left_out():
    data = replace(dataset_of(tuple("abcd")), groups=(2, 0, 2, 0), group_names=("x", "y", "z"))
    found = own_groups(data, data.classes)
    assert found is not None
    assert (found.groups, found.names) == ((1, 0, 1, 0), ("x", "z"))
    assert own_groups(data, (*data.classes, "output 5")) is None
    assert own_groups(dataset_of(("a", "b")), ("a", "b")) is None
