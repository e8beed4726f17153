from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.audit.made import Case, Shelf, alone, digits, with_test
from thumblab.audit import Subject, rule_named
from thumblab.data import Split


def with_test_images(shelf: Shelf, change: Callable[[Any], Any]) -> Subject:
    data = digits()
    assert data.test is not None
    images = np.ascontiguousarray(change(data.test.images))
    changed = with_test(data, Split(images, data.test.labels))
    return alone(shelf.trained(changed), changed)


def transposed(shelf: Shelf) -> Subject:
    """As EMNIST is stored."""
    return with_test_images(shelf, lambda images: images.swapaxes(1, 2))


def sound(shelf: Shelf) -> Subject:
    return with_test_images(shelf, lambda images: images)


def noise(shelf: Shelf) -> Subject:
    draw = np.random.default_rng(0)
    return with_test_images(shelf, lambda images: draw.integers(0, 256, images.shape, np.uint8))


def with_black_images(shelf: Shelf) -> Subject:
    data = digits()
    images = data.train.images.copy()
    images[:3] = 0
    black = replace(data, train=Split(images, data.train.labels))
    return alone(shelf.trained(black), black)


def with_one_image_many_times(shelf: Shelf) -> Subject:
    data = digits()
    images = data.train.images.copy()
    images[:12] = images[0]
    many = replace(data, train=Split(images, data.train.labels))
    return alone(shelf.trained(many, validation=0.0), many)


CASES = [
    Case("D12", transposed, sound),
    Case("D13", with_black_images, sound),
    Case("D13", with_one_image_many_times, sound),
]


@pytest.mark.parametrize(
    ("change", "best"),
    [
        (lambda images: images.swapaxes(1, 2), "transposed"),
        (lambda images: 255 - images, "inverted"),
        (lambda images: np.roll(images, 4, 2), "moved by -4 pixels to the right"),
        (lambda images: images[:, ::-1], "upside down"),
    ],
)
def test_what_was_done_to_the_test_images_is_told(
    shelf: Shelf, change: Callable[[Any], Any], best: str
) -> None:
    (found,) = rule_named("D12").findings(with_test_images(shelf, change))
    assert found.evidence["best"] == best


def test_images_that_are_not_alike_at_all_are_told(shelf: Shelf) -> None:
    (found,) = rule_named("D12").findings(noise(shelf))
    assert found.evidence["correlations"]["as they are"] < 0.5
