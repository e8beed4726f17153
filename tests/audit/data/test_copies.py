from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audit.made import OTHER, Case, Shelf, alone, arms, digits, evaluated, with_test
from thumblab.audit import Subject, rule_named
from thumblab.data import Dataset, Split

DAY = "2026-01-01T00:00:00+00:00"


def leaked(count: int) -> Dataset:
    """The digits, of whose test images the first so many are training images."""
    data = digits()
    assert data.test is not None
    images, labels = data.test.images.copy(), data.test.labels.copy()
    rows = np.arange(0, 600, 600 // count)[:count]
    images[:count], labels[:count] = data.train.images[rows], data.train.labels[rows]
    return with_test(data, Split(images, labels))


def sound(shelf: Shelf) -> Subject:
    return alone(shelf.trained())


def most_leaked(shelf: Shelf) -> Subject:
    data = leaked(150)
    return alone(shelf.trained(data, validation=0.0), data)


def own_validation_part(share: float) -> Dataset:
    """The digits with a validation part of which a share is in the training part too."""
    data = digits()
    copies = round(share * 100)
    rows = np.r_[np.arange(copies), 500 + np.arange(100 - copies)]
    return replace(data, train=data.train.take(np.arange(500)), validation=data.train.take(rows))


def known_validation_images(shelf: Shelf) -> Subject:
    data = own_validation_part(0.3)
    return alone(shelf.trained(data), data)


def fresh_validation_images(shelf: Shelf) -> Subject:
    data = own_validation_part(0.0)
    return alone(shelf.trained(data), data)


def compared_on_training_images(shelf: Shelf) -> Subject:
    sides = [shelf.seeds(0, train_on="all"), shelf.seeds(0, train_on="all", model=OTHER)]
    return arms({"plain": sides[0], "other": sides[1]})


def trained_on_all(shelf: Shelf) -> Subject:
    return alone(shelf.trained(train_on="all"))


def crossed(shelf: Shelf, seen: int) -> Subject:
    """A cell of report R2's table: 86 % of a test part were training images of the other split."""
    run = evaluated(
        shelf.copy(shelf.trained()),
        DAY,
        data="emnist:bymerge",
        images=10_000,
        accuracy=0.89,
        cross={"classes": 47, "seen": seen},
    )
    return alone(run)


def off_the_diagonal(shelf: Shelf) -> Subject:
    return crossed(shelf, 8_580)


def common_held_out_part(shelf: Shelf) -> Subject:
    return crossed(shelf, 0)


CASES = [
    Case("D01", most_leaked, sound),
    Case("D03", known_validation_images, fresh_validation_images),
    Case("D03", compared_on_training_images, trained_on_all),
    Case("D04", off_the_diagonal, common_held_out_part),
]


def test_the_others_are_scored_only_where_the_test_accuracy_is_known(shelf: Shelf) -> None:
    data = leaked(150)
    run = shelf.copy(shelf.trained(data, validation=0.0))
    (found,) = rule_named("D01").findings(alone(run, data))
    assert found.evidence["others"] == {}
    (found,) = rule_named("D01").findings(alone(evaluated(run, DAY), data))
    hits = run.predictions["test_logits"].argmax(1) == run.predictions["test_labels"]
    assert found.evidence["others"] == {str(run.folder): pytest.approx(hits[150:].mean())}
    assert found.evidence["share"] == 0.75


def test_a_single_copy_in_many_is_a_warning(shelf: Shelf) -> None:
    data = digits()
    assert data.test is not None
    images = np.concatenate([data.train.images[:1], np.repeat(data.test.images, 6, 0)])
    labels = np.concatenate([data.train.labels[:1], np.repeat(data.test.labels, 6)])
    many = with_test(data, Split(images, labels))
    (found,) = rule_named("D01").findings(alone(shelf.trained(many, validation=0.0), many))
    assert found.severity == "warning"


def test_the_share_of_the_cell_is_told(shelf: Shelf) -> None:
    (found,) = rule_named("D04").findings(off_the_diagonal(shelf))
    assert "8,580 of 10,000 test images (85.80 %)" in found.what
