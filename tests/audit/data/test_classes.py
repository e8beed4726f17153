from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.audit.made import Case, Shelf, alone, digits, with_test
from thumblab.audit import Subject, rule_named
from thumblab.data import Dataset


def train_of(*counts: int) -> Dataset:
    data = digits()
    rows = [np.flatnonzero(data.train.labels == k)[:n] for k, n in enumerate(counts)]
    return replace(data, train=data.train.take(np.concatenate(rows)))


def with_tests(*counts: int) -> Dataset:
    data = digits()
    assert data.test is not None
    rows = [np.flatnonzero(data.test.labels == k)[:n] for k, n in enumerate(counts)]
    return with_test(data, data.test.take(np.concatenate(rows)))


def audited(shelf: Shelf, data: Dataset) -> Subject:
    return alone(shelf.trained(data), data)


def no_nines_tested(shelf: Shelf) -> Subject:
    return audited(shelf, with_tests(*[20] * 9, 0))


def no_nines_trained(shelf: Shelf) -> Subject:
    return audited(shelf, train_of(*[60] * 9, 0))


def few_nines_tested(shelf: Shelf) -> Subject:
    return audited(shelf, with_tests(*[20] * 9, 2))


def few_nines_trained(shelf: Shelf) -> Subject:
    return audited(shelf, train_of(*[60] * 9, 8))


def rare_nines(shelf: Shelf) -> Subject:
    return audited(shelf, train_of(*[60] * 9, 4))


def alike(shelf: Shelf) -> Subject:
    return audited(shelf, digits())


def rare_nines_and_a_balanced_metric(shelf: Shelf) -> Subject:
    data = train_of(*[60] * 9, 4)
    return alone(shelf.trained(data), data, metric="macro_f1")


CASES = [
    Case("D07", no_nines_tested, alike),
    Case("D07", no_nines_trained, alike),
    Case("D07", few_nines_tested, alike, "warning"),
    Case("D07", few_nines_trained, alike, "warning"),
    Case("D08", rare_nines, alike),
    Case("D08", rare_nines, rare_nines_and_a_balanced_metric),
]


def test_a_small_test_part_may_lack_classes(shelf: Shelf) -> None:
    assert not list(rule_named("D07").findings(audited(shelf, with_tests(*[3] * 9, 0))))
