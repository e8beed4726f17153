from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.audit.made import Case, Shelf, alone, change_predictions, digits
from thumblab.audit import Subject, rule_named
from thumblab.audit.data.labels import suspects
from thumblab.data import Split


def two_labels(shelf: Shelf) -> Subject:
    data = digits()
    images = data.train.images.copy()
    images[0] = images[60]
    twice = replace(data, train=Split(images, data.train.labels))
    return alone(shelf.trained(twice), twice)


def sound(shelf: Shelf) -> Subject:
    return alone(shelf.trained())


def labeled(shelf: Shelf, wrong: int) -> Subject:
    """A network that is right of all images, of which so many have another label."""
    run = shelf.copy(shelf.trained())
    labels = run.predictions["validation_labels"]
    logits = 8 * np.eye(10, dtype=np.float32)[labels]
    told = labels.copy()
    told[:wrong] = (told[:wrong] + 1) % 10
    return alone(change_predictions(run, validation_logits=logits, validation_labels=told))


def five_wrong_labels(shelf: Shelf) -> Subject:
    return labeled(shelf, 5)


def no_wrong_labels(shelf: Shelf) -> Subject:
    return labeled(shelf, 0)


CASES = [Case("D05", two_labels, sound), Case("D06", five_wrong_labels, no_wrong_labels)]


def test_the_places_of_the_image_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("D05").findings(two_labels(shelf))
    assert found.evidence["places"] == [["training 0 (0)", "training 60 (1)"]]


def test_suspects_are_the_images_with_wrong_labels_worst_first() -> None:
    labels = np.repeat(np.arange(3), 10)
    chances = np.full((30, 3), 0.1)
    chances[np.arange(30), labels] = 0.8
    chances[4], chances[17] = (0.03, 0.96, 0.01), (0.01, 0.01, 0.98)
    chances[22] = (0.9, 0.05, 0.05)  # not sure enough
    assert suspects(chances, labels).tolist() == [17, 4]
