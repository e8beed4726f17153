from __future__ import annotations

import numpy as np
import pytest

from tests.audit.made import MODEL, Case, Shelf, alone, digits, with_test
from thumblab.audit import Subject, rule_named
from thumblab.data import Dataset, MeanStd, PerPixel, Raw, Rescale, Split, Standardize
from thumblab.layers import BatchNorm, Sequential


def raw(shelf: Shelf) -> Subject:
    """As report R1's first experiment."""
    return alone(shelf.trained(normalize=Raw()))


def raw_before_batch_norm(shelf: Shelf) -> Subject:
    return alone(shelf.trained(normalize=Raw(), model=Sequential(BatchNorm(), *MODEL.layers)))


def rescaled(shelf: Shelf) -> Subject:
    return alone(shelf.trained(normalize=Rescale()))


def twice(shelf: Shelf) -> Subject:
    """Mean and deviation of pixels from 0 to 255, taken for those of pixels from 0 to 1."""
    return alone(shelf.trained(normalize=MeanStd((33.3,), (78.6,))))


def bright_test() -> Dataset:
    """Test images that are brighter, so that their mean tells."""
    data = digits()
    assert data.test is not None
    return with_test(data, Split(data.test.images // 2 + 100, data.test.labels))


def of(images: np.ndarray) -> MeanStd:
    return MeanStd((float(images.mean()) / 255,), (float(images.std()) / 255,))


def of_all(shelf: Shelf) -> Subject:
    data = bright_test()
    assert data.test is not None
    everything = of(np.concatenate([data.train.images, data.test.images]))
    return alone(shelf.trained(data, normalize=everything, validation=0.0), data)


def of_training(shelf: Shelf) -> Subject:
    data = bright_test()
    return alone(shelf.trained(data, normalize=of(data.train.images), validation=0.0), data)


CASES = [
    Case("D09", raw, rescaled),
    Case("D09", raw, raw_before_batch_norm),
    Case("D10", twice, rescaled),
    Case("D11", of_all, of_training),
]


@pytest.mark.parametrize("normalize", [Standardize(), PerPixel()], ids=str)
def test_ours_are_fitted_on_what_is_trained_on(shelf: Shelf, normalize: Standardize) -> None:
    data = bright_test()
    subject = alone(shelf.trained(data, normalize=normalize), data)
    assert not [code for code in ("D09", "D10", "D11") for _ in rule_named(code).findings(subject)]


def test_what_is_normalized_twice_is_told_once(shelf: Shelf) -> None:
    assert not list(rule_named("D09").findings(twice(shelf)))
