"""Reading them needs a trained network: tests/evaluation/test_features.py."""

import thumblab.data as td
from thumblab.core.value import digest, from_dict, to_dict


def test_where_the_network_lies_does_not_identify_the_data() -> None:
    here, there = td.Features("runs/a", "3", td.Cifar10()), td.Features("b", "3", td.Cifar10())
    assert here == there
    assert digest(here) == digest(there)
    assert here != td.Features("runs/a", "4", td.Cifar10())
    assert here != td.Features("runs/a", "3", td.Cifar100())


def test_it_comes_back_from_json_with_the_place() -> None:
    source = td.Features("runs/a", "1.layer.3")
    copy = from_dict(to_dict(source))
    assert (copy, copy.of) == (source, "runs/a")
