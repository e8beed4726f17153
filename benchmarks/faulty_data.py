"""Data with one thing wrong in them: the small data set of fault_bench.py, spoiled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from fault_bench import small_data, with_test, with_train

from thumblab.data import Dataset, MeanStd


def leaked() -> Dataset:
    data = small_data()
    assert data.test is not None
    rows = np.arange(0, 1000, 20)
    images, labels = data.test.images.copy(), data.test.labels.copy()
    images[:50], labels[:50] = data.train.images[rows], data.train.labels[rows]
    return with_test(images, labels)


def nearly_leaked() -> Dataset:
    data = small_data()
    assert data.test is not None
    images = data.test.images.copy()
    images[:30] = (data.train.images[np.arange(0, 990, 33)].astype(int) * 9 // 10 + 12).astype(
        np.uint8
    )
    return with_test(images)


def validated_on_training() -> Dataset:
    data = small_data()
    return replace(data, validation=data.train.take(np.arange(0, 1000, 5)))


def validated_on_test() -> Dataset:
    return replace(small_data(), validation=small_data().test)


def shuffled() -> Dataset:
    data = small_data()
    return with_train(data.train.images, np.random.default_rng(0).permutation(data.train.labels))


def mislabeled() -> Dataset:
    """A tenth of the labels is another one."""
    data = small_data()
    labels = data.train.labels.copy()
    labels[::10] = (labels[::10] + 3) % 10
    return with_train(data.train.images, labels)


def labeled_twice() -> Dataset:
    images = small_data().train.images.copy()
    images[:20] = images[500:520]
    return with_train(images)


def rare(kept: int) -> Dataset:
    train = small_data().train
    rows = np.flatnonzero((train.labels != 3) | (np.arange(len(train)) % 100 < kept))
    return with_train(train.images[rows], train.labels[rows])


def emptied() -> Dataset:
    images = small_data().train.images.copy()
    images[::40] = 0
    return with_train(images)


def laid_down() -> Dataset:
    test = small_data().test
    assert test is not None
    return with_test(test.images.swapaxes(1, 2))


def brighter() -> Dataset:
    test = small_data().test
    assert test is not None
    return with_test(test.images // 2 + 100)


def of_all(data: Dataset) -> MeanStd:
    """Statistics of training and test images."""
    assert data.test is not None
    both = np.concatenate([data.train.images, data.test.images])
    return MeanStd((float(both.mean()) / 255,), (float(both.std()) / 255,))
