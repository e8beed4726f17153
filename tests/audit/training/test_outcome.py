from __future__ import annotations

import numpy as np
import pytest

from tests.audit.made import Case, Shelf, alone, change_metrics, change_predictions, change_weights
from thumblab.audit import Subject, rule_named
from thumblab.core.errors import DivergedError
from thumblab.optim import SGD
from thumblab.runs import Run
from thumblab.training import train

SLOW = SGD(learning_rate=1e-6)


def sound(shelf: Shelf) -> Subject:
    return alone(shelf.trained())


def barely_trained(shelf: Shelf) -> Subject:
    """As report R0's ResNet-20."""
    return alone(shelf.trained(optimizer=SLOW))


def barely_trained_on_all(shelf: Shelf) -> Subject:
    return alone(shelf.trained(optimizer=SLOW, validation=0.0))


def trained_on_all(shelf: Shelf) -> Subject:
    return alone(shelf.trained(validation=0.0))


def diverged(shelf: Shelf, seed: int = 0) -> Run:
    from tests.audit.made import digits, experiment

    place = shelf.empty()
    fast = experiment(optimizer=SGD(learning_rate=1e30), seed=seed)
    with pytest.raises(DivergedError), np.errstate(all="ignore"):
        list(train(fast, dataset=digits(), runs=place, workers=1))
    return Run.open(next(place.iterdir()))


def a_diverged_run(shelf: Shelf) -> Subject:
    return alone(diverged(shelf))


def logits_with_nan(shelf: Shelf) -> Subject:
    run = shelf.copy(shelf.trained())
    return alone(change_predictions(run, test_logits=run.predictions["test_logits"] * np.nan))


def weights_with_nan(shelf: Shelf) -> Subject:
    run = shelf.copy(shelf.trained())
    return alone(change_weights(run, lambda name, array: array * np.nan))


def a_dropped_seed(shelf: Shelf) -> Subject:
    import shutil

    from tests.audit.made import experiment

    fast = SGD(learning_rate=1e30)
    (kept,) = shelf.together([shelf.trained(seed=1)])
    bad = diverged(shelf)
    assert bad.experiment == experiment(optimizer=fast)
    shutil.copytree(bad.folder, kept.folder.parent / bad.folder.name)
    other = diverged(shelf, seed=1)
    target = kept.folder.parent / other.folder.name
    shutil.copytree(other.folder, target)
    return alone(Run.open(target))


def misread(shelf: Shelf) -> Subject:
    """Report R3's: the sum of the means of batches, divided by images."""
    run = shelf.copy(shelf.trained())
    wrong = [
        line | {"validation_cross_entropy": line["validation_cross_entropy"] * 157 / 10_000}
        for line in run.metrics
    ]
    return alone(change_metrics(run, wrong))


CASES = [
    Case("T01", barely_trained, sound),
    Case("T01", barely_trained_on_all, trained_on_all),
    Case("T02", a_diverged_run, sound),
    Case("T02", logits_with_nan, sound),
    Case("T02", weights_with_nan, sound),
    Case("T06", misread, sound),
]


def test_a_diverged_seed_that_was_left_out_is_an_error(shelf: Shelf) -> None:
    found = list(rule_named("T02").findings(a_dropped_seed(shelf)))
    assert sorted(each.severity for each in found) == ["error", "warning"]


def test_the_factor_of_report_r3_is_told(shelf: Shelf) -> None:
    (found,) = rule_named("T06").findings(misread(shelf))
    assert found.evidence["factor"] == pytest.approx(63.7, rel=1e-3)


def test_few_images_cannot_tell(shelf: Shelf) -> None:
    run = shelf.copy(shelf.trained())
    stored = run.predictions
    few = {name: array[:3] for name, array in stored.items() if name.startswith("validation")}
    few["validation_labels"] = np.array([0, 0, 1])
    assert not list(rule_named("T01").findings(alone(change_predictions(run, **few))))
