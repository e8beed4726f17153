from __future__ import annotations

import numpy as np

from tests.report.conftest import Writer, dataset_of
from thumblab.analysis import Grouping
from thumblab.evaluation.scored import Scored, scored
from thumblab.report.part_matrices import part_matrices


def score_and_log(write_run: Writer, *names: str) -> Scored:
    dataset = dataset_of(names)
    found = scored(write_run(dataset), dataset)
    assert found is not None
    return found


def test_rows_are_whole_whatever_the_part(write_run: Writer) -> None:
    found = score_and_log(write_run, "0", "1", "A", "B", "a", "b")
    support = np.bincount(found.labels)
    parts = part_matrices(found, Grouping((0, 0, 1, 1, 1, 1), ("digit", "letter")))
    assert [part["name"] for part in parts] == [
        "all groups",
        "digit",
        "letter",
        "digits",
        "letters",
        "upper case",
        "lower case",
        "upper taken for lower case",
        "lower taken for upper case",
    ]
    groups, *others = parts
    assert groups["rows"] == groups["columns"] == ["digit", "letter"]
    assert np.sum(groups["counts"]) == len(found)
    for part in others:
        assert np.shape(part["counts"]) == (len(part["rows"]), len(part["columns"]))
        rows = np.sum(part["counts"], 1) + part["elsewhere"]
        assert rows.tolist() == [support[found.classes.index(name)] for name in part["rows"]]


def test_one_case_taken_for_the_other(write_run: Writer) -> None:
    found = score_and_log(write_run, "A", "B", "a", "b")
    part = part_matrices(found, None)[-2]
    assert part["name"] == "upper taken for lower case"
    expected = [
        [int(np.sum((found.labels == i) & (found.guesses == j))) for j in (2, 3)] for i in (0, 1)
    ]
    assert part["counts"] == expected


def test_classes_without_groups_have_no_parts(write_run: Writer) -> None:
    assert part_matrices(score_and_log(write_run, "cat", "dog"), None) == []
