from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.audit.made import Case, Shelf, digits
from thumblab.audit import Subject
from thumblab.audit.training.control import shuffled
from thumblab.data import Dataset, Split
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.optim import SGD


def noise(known: bool) -> Dataset:
    """Images that are easily known by heart; the validation images are training images, or fresh ones."""
    draw = np.random.default_rng(0)
    images = draw.integers(0, 256, (300, 8, 8, 3), np.uint8)
    labels = np.arange(300) % 10
    part = Split(images[:200], labels[:200])
    held = part if known else Split(images[200:], labels[200:])
    return Dataset("noise", part, None, digits().classes, validation=held)


def controlled(shelf: Shelf, known: bool) -> Subject:
    data = noise(known)
    run = shelf.trained(
        data, Sequential(Flatten(), Dense(10)), optimizer=SGD(learning_rate=0.02), batch=4, epochs=2
    )
    return Subject({"all runs": [run]}, lambda _: data, control=True)


def known_images(shelf: Shelf) -> Subject:
    return controlled(shelf, known=True)


def fresh_images(shelf: Shelf) -> Subject:
    return controlled(shelf, known=False)


def not_asked_for(shelf: Shelf) -> Subject:
    subject = known_images(shelf)
    return Subject(subject.arms, subject.read)


CASES = [Case("T08", known_images, fresh_images), Case("T08", known_images, not_asked_for)]


def test_equal_images_keep_equal_labels() -> None:
    data = noise(known=True)
    new = shuffled(data)
    assert new.validation is not None
    np.testing.assert_array_equal(new.train.labels, new.validation.labels)
    np.testing.assert_array_equal(new.train.images, data.train.images)
    assert (new.train.labels == data.train.labels).mean() < 0.3
    assert sorted(new.train.labels) == sorted(data.train.labels)
    assert shuffled(replace(data, validation=None)).validation is None
