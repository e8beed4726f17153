from __future__ import annotations

import numpy as np
import pytest

from tests.report.conftest import Writer, dataset_of
from thumblab.evaluation.scored import scored
from thumblab.report import class_table as module
from thumblab.report.class_table import class_table


def test_rows_name_the_class_each_is_most_often_taken_for(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c", "d"))
    found = scored(write_run(dataset), dataset)
    assert found is not None
    for row in class_table(found).rows:
        others = np.bincount(found.guesses[found.labels == row.index], minlength=4)
        others[row.index] = 0
        assert row.mistakes == others.max()
        assert others[dataset.classes.index(row.mistaken)] == row.mistakes
        assert row.support == 30


def test_of_too_many_classes_the_worst_are_listed(
    write_run: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 2)
    dataset = dataset_of(("a", "b", "c", "d"))
    found = scored(write_run(dataset), dataset)
    assert found is not None
    table = class_table(found)
    assert table.classes == 4
    assert len(table.rows) == 2
    assert max(row.f1 for row in table.rows) <= table.macro.f1
