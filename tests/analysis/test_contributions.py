from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.conftest import random_case
from thumblab.analysis import (
    accuracy_contributions,
    averages,
    macro_f1_contributions,
    recall_contributions,
)

LOGITS, LABELS = random_case(3, 120, 6)
GUESSES = LOGITS.argmax(1)


def test_hits_sum_to_the_accuracy() -> None:
    found = accuracy_contributions(GUESSES, LABELS)
    assert found.sum() == pytest.approx(np.mean(GUESSES == LABELS))


def test_recalls_of_some_classes_sum_to_their_mean() -> None:
    classes = np.array([1, 4, 9])  # nobody is of class 9
    found = recall_contributions(GUESSES, LABELS, classes)
    means = [np.mean(GUESSES[each == LABELS] == each) for each in (1, 4)]
    assert found.sum() == pytest.approx(np.mean(means))
    assert (found[~np.isin(LABELS, classes)] == 0).all()


def test_an_image_more_changes_macro_f1_by_its_contribution() -> None:
    """Each image of many counts once more; the score's change is what it adds, nearly."""
    many, times = np.tile(np.arange(len(LABELS)), 50), 50
    before = averages(GUESSES[many], LABELS[many], "macro").f1
    found = macro_f1_contributions(GUESSES, LABELS)
    for image in range(0, len(LABELS), 17):
        more = np.append(many, image)
        after = averages(GUESSES[more], LABELS[more], "macro").f1
        assert (after - before) * times == pytest.approx(found[image], abs=2e-4)
    assert found.sum() == pytest.approx(0, abs=1e-12)
