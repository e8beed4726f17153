from __future__ import annotations

import numpy as np

from tests.audit.made import Case, Shelf, alone, digits, with_test
from thumblab.audit import Subject, rule_named
from thumblab.data import Split


def saved_again(shelf: Shelf) -> Subject:
    """Ten test images are training images, a little brighter and with the noise of another file."""
    data = digits()
    assert data.test is not None
    images = data.test.images.copy()
    noise = np.random.default_rng(0).integers(-3, 4, images[:10].shape)
    copies = data.train.images[:600:60].astype(int) * 9 // 10 + 12 + noise
    images[:10] = np.clip(copies, 0, 255).astype(np.uint8)
    changed = with_test(data, Split(images, data.test.labels))
    return alone(shelf.trained(changed), changed)


def sound(shelf: Shelf) -> Subject:
    return alone(shelf.trained(validation=0.0))


CASES = [Case("D02", saved_again, sound)]


def test_pairs_are_named(shelf: Shelf) -> None:
    (found,) = rule_named("D02").findings(saved_again(shelf))
    pairs = found.evidence["pairs"]
    assert sorted(pair["test_row"] for pair in pairs) == sorted(
        row for row in range(10) if row in {pair["test_row"] for pair in pairs}
    )
    assert len(pairs) >= 7  # the others are copies of validation images
    assert all(pair["correlation"] > 0.99 for pair in pairs)
