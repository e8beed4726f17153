from __future__ import annotations

import numpy as np

from tests.audit.made import Case, Shelf, arms, change_predictions, experiment
from thumblab.audit import Subject, rule_named
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.optim import SGD
from thumblab.runs import Run

WEAK = Sequential(Flatten(), Dense(10))


def alike(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0, 1, 2), "small": shelf.seeds(0, 1, 2, batch=16)})


def alike_once(shelf: Shelf) -> Subject:
    return arms({"plain": shelf.seeds(0), "small": shelf.seeds(0, batch=16)})


def far_apart(shelf: Shelf) -> Subject:
    weak = SGD(learning_rate=1e-5)
    return arms({"plain": shelf.seeds(0, 1, 2), "weak": shelf.seeds(0, 1, 2, optimizer=weak)})


def right_on(run: Run, images: int) -> Run:
    """The run with predictions that are right on its first images alone."""
    labels = run.predictions["validation_labels"]
    guesses = np.where(np.arange(len(labels)) < images, labels, (labels + 1) % 10)
    return change_predictions(run, validation_logits=np.eye(10, dtype=np.float32)[guesses])


def of_the_images_alone(shelf: Shelf) -> Subject:
    """Eight seeds that agree: certain on these images, of which three tell the arms apart."""
    runs = [
        [
            right_on(shelf.copy(run), images + place % 2)
            for place, run in enumerate(shelf.seeds(*range(8)))
        ]
        for images in (100, 103)
    ]
    return arms({"plain": runs[0], "other": runs[1]})


CASES = [
    Case("C06", alike, far_apart),
    Case("C06", alike_once, far_apart),
    Case("C07", of_the_images_alone, far_apart),
]


def test_what_does_not_matter_is_no_fault(shelf: Shelf) -> None:
    subject = arms(dict(alike(shelf).arms), matters=0.5)
    assert not list(rule_named("C06").findings(subject))


def test_a_single_run_of_each_is_told_by_its_images(shelf: Shelf) -> None:
    (found,) = rule_named("C06").findings(alike_once(shelf))
    hits = [
        run.predictions["validation_logits"].argmax(1) == run.predictions["validation_labels"]
        for run in (shelf.trained(), shelf.trained(batch=16))
    ]
    apart = hits[1].astype(int) - hits[0]
    assert found.evidence["difference"] == apart.mean()
    assert found.evidence["smallest_visible"] == 1.96 * apart.std() / len(apart) ** 0.5
    assert experiment().epochs == 4
