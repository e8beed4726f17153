from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.comparison import groups_of
from tests.analysis.conftest import random_case
from thumblab.analysis import mcnemar
from thumblab.analysis.mappings import ArgmaxGroup, GroupSum, fitted
from thumblab.evaluation.mapping_table import mapping_table


def test_rows_are_compared_with_the_chosen_one() -> None:
    logits, labels = random_case(0, 400, 8)
    groups = groups_of(8)
    networks = {"one": logits, "two": 3 * logits[:, ::-1]}
    guesses = {
        (name, mapping): fitted(mapping, each, labels, groups)(each).argmax(1)
        for name, each in networks.items()
        for mapping in (ArgmaxGroup(), GroupSum())
    }
    best = ("one", GroupSum())
    table = mapping_table("test", networks, labels, groups, guesses, best)
    assert [row.network for row in table.fine] == ["one", "two"]
    assert [(row.network, row.mapping) for row in table.coarse] == list(guesses)
    assert (table.chosen.network, table.chosen.mapping) == best
    assert [row.chosen for row in table.coarse].count(True) == 1
    truth = groups[labels]
    for row, found in zip(table.coarse, guesses.values(), strict=True):
        test = mcnemar(found == truth, guesses[best] == truth)
        assert row.accuracy == np.mean(found == truth)
        assert row.low < row.accuracy < row.high
        assert (row.only_this, row.only_chosen, row.p_value) == (
            test.only_first,
            test.only_second,
            test.p_value,
        )
        assert row.p_value <= row.adjusted <= 1
    assert table.coarse[0].consistency == 1  # the group of the likeliest class
    worst = min(row.p_value for row in table.coarse)
    assert min(row.adjusted for row in table.coarse) == pytest.approx(min(3 * worst, 1))
