"""Other data are scored by the names of their classes, or refused; never by position."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.small import dataset
from thumblab.core.errors import DataError
from thumblab.data import Dataset
from thumblab.evaluation import evaluate
from thumblab.evaluation.class_names import labels_by_name
from thumblab.runs import Run

Names = tuple[str, ...]


def renamed(order: list[int], classes: Names) -> Dataset:
    """The same images, their classes numbered as in ``order`` and called ``classes``."""
    whole = dataset()
    assert whole.test is not None
    place = np.argsort(order)
    parts = [replace(part, labels=place[part.labels]) for part in (whole.train, whole.test)]
    return Dataset("other", parts[0], parts[1], classes)


def test_the_same_classes_in_any_order_are_the_same_classes(run: Run) -> None:
    right = evaluate(run).accuracy
    classes = dataset().classes
    for order in (
        list(range(47)),
        list(range(46, -1, -1)),
        list(np.random.default_rng(0).permutation(47)),
    ):
        names = tuple(classes[index] for index in order)
        assert evaluate(run, renamed(order, names)).accuracy == right


def test_fewer_classes_than_the_run_are_judged_among_all_of_them(run: Run) -> None:
    whole, stored = dataset(), run.predictions
    assert whole.test is not None
    kept = [30, 4, 11]
    rows = np.flatnonzero(np.isin(whole.test.labels, kept))
    names = tuple(whole.classes[index] for index in kept)
    labels = np.array([kept.index(label) for label in whole.test.labels[rows]])
    part = replace(whole.test.take(rows), labels=labels)
    found = evaluate(run, Dataset("few", part, part, names))
    hits = stored["test_logits"][rows].argmax(1) == stored["test_labels"][rows]
    assert found.accuracy == hits.mean()


@pytest.mark.parametrize(
    "classes",
    [
        tuple(f"class {index}" for index in range(47)),
        ("T-shirt", *dataset().classes[1:]),
        (*dataset().classes[:-1], dataset().classes[-1] + " "),
    ],
)
def test_other_classes_are_refused_with_both_lists_and_no_evaluation_is_noted(
    run: Run, classes: Names
) -> None:
    other = renamed(list(range(47)), classes)
    strange = next(name for name in classes if name not in dataset().classes)
    with pytest.raises(DataError, match=f"not trained on .*{strange}.*: its classes are '0', '1'"):
        evaluate(run, other)
    assert run.evaluations == []


def test_more_classes_than_the_run_are_refused() -> None:
    with pytest.raises(DataError, match="'cow'"):
        labels_by_name(np.array([0]), ["cat", "cow"], ["cat"], ("run", "data"))


def test_one_name_in_two_forms_of_unicode_is_one_class() -> None:
    labels = labels_by_name(
        np.array([1, 0]), ["\u00e9", "\ud55c"], ["\u1112\u1161\u11ab", "e\u0301"], ("", "")
    )
    assert labels.tolist() == [0, 1]
