from __future__ import annotations

import numpy as np
import pytest

from tests.report.conftest import Writer, dataset_of
from thumblab.core.errors import DataError, RunError
from thumblab.data import Dataset, Split
from thumblab.evaluation.scored import scored
from thumblab.experiment.experiment import parts


def test_validation_images_are_those_of_the_split(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset, evaluated=False)
    found = scored(run, dataset)
    assert found is not None
    assert found.which == "validation"
    np.testing.assert_array_equal(found.images, parts(run.experiment, dataset)[1].images)


def test_data_without_test_images_fall_back_to_validation(write_run: Writer) -> None:
    whole = dataset_of(("a", "b"))
    dataset = Dataset(whole.name, whole.train, None, whole.classes)
    found = scored(write_run(dataset), dataset)
    assert found is not None
    assert found.which == "validation"


def test_probabilities_belong_to_guess_and_truth(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c"))
    found = scored(write_run(dataset), dataset)
    assert found is not None
    assert (found.confidence >= found.truth_probability).all()
    right = found.guesses == found.labels
    np.testing.assert_array_equal(found.confidence[right], found.truth_probability[right])
    np.testing.assert_allclose(np.exp(-found.losses), found.truth_probability)


def test_predictions_of_other_images_are_refused(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset)
    assert dataset.test is not None
    fewer = Split(dataset.test.images[:50], dataset.test.labels[:50])
    other = Dataset(dataset.name, dataset.train, fewer, dataset.classes)
    with pytest.raises(
        DataError,
        match=r"holds predictions of 120 test images that are not the 50 given; give the data it",
    ):
        scored(run, other)


def test_missing_predictions_are_told(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset)
    (run.folder / "predictions.npz").unlink()
    with pytest.raises(RunError, match=r"predictions\.npz is missing or damaged"):
        scored(run, dataset)
