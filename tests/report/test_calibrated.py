from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.report.conftest import Writer, dataset_of
from thumblab.analysis import expected_calibration_error, temperature
from thumblab.evaluation.scored import scored
from thumblab.report.calibrated import BINS, calibrated


def test_the_temperature_is_fitted_on_validation_and_judged_on_test(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c"))
    run = write_run(dataset)
    found = scored(run, dataset)
    assert found is not None
    told, stored = calibrated(run, found), run.predictions
    fitted = temperature(stored["validation_logits"], stored["validation_labels"])
    assert told.temperature == fitted
    assert not told.flattered
    assert told.error == expected_calibration_error(found.logits, found.labels, bins=15)
    assert told.error_after == expected_calibration_error(found.logits / fitted, found.labels)
    assert told.accuracy == np.mean(found.guesses == found.labels)
    assert told.confidence == pytest.approx(np.mean(found.confidence))
    for when in ("before", "after"):
        assert sum(told.bins[when]["count"]) == len(found)
        assert len(told.bins[when]["accuracy"]) == BINS
    json.dumps(told.bins, allow_nan=False)


def test_on_the_images_it_was_fitted_to_it_says_so(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c"))
    run = write_run(dataset, evaluated=False)
    found = scored(run, dataset)
    assert found is not None
    told = calibrated(run, found)
    assert told.flattered
    assert told.loss_after is not None
    assert told.loss_after <= told.loss


def test_validation_images_that_were_trained_on_fit_nothing(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c"))
    run = write_run(dataset)
    found = scored(run, dataset)
    assert found is not None
    object.__setattr__(run, "experiment", replace(run.experiment, train_on="all"))
    told = calibrated(run, found)
    assert (told.temperature, told.error_after, told.bins["after"]) == (None, None, False)
