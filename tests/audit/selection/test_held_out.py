from __future__ import annotations

from dataclasses import replace

from tests.audit.made import Case, Shelf, alone, change_metrics, change_result, digits, evaluated
from thumblab.audit import Declaration, Deviation, Search, Subject, rule_named
from thumblab.data import Dataset


def watched_on_test() -> Dataset:
    """The test images as validation part, as report R1 has them."""
    data = digits()
    return replace(data, validation=data.test)


def chosen_on_test(shelf: Shelf) -> Subject:
    data = watched_on_test()
    return alone(shelf.trained(data, restore_best="best"), data)


def chosen_on_validation(shelf: Shelf) -> Subject:
    return alone(shelf.trained(restore_best="best"))


def searched_on_test(shelf: Shelf) -> Subject:
    return alone(shelf.trained(), search=Search({"all runs": 30}, part="test"))


def searched_on_validation(shelf: Shelf) -> Subject:
    return alone(shelf.trained(), search=Search({"all runs": 30}))


def changed_after_a_look(shelf: Shelf) -> Subject:
    run = evaluated(shelf.copy(shelf.trained()), "2026-01-01T00:00:00+00:00")
    late = Deviation("base.epochs: 4 -> 8", "too short", "2026-01-02T00:00:00+00:00")
    return alone(run, deviations=(late,))


def changed_before_a_look(shelf: Shelf) -> Subject:
    run = evaluated(shelf.copy(shelf.trained()), "2026-01-03T00:00:00+00:00")
    return alone(run, deviations=(Deviation("epochs", "", "2026-01-02T00:00:00+00:00"),))


def best_of_the_test_curve(shelf: Shelf) -> Subject:
    data = watched_on_test()
    run = shelf.copy(shelf.trained(data, restore_best="best"))
    falls = zip(run.metrics, (0.7, 0.8, 0.75, 0.55), strict=True)
    run = change_metrics(run, [line | {"validation_accuracy": value} for line, value in falls])
    return alone(change_result(run, weights_epoch=2), data)


def last_of_the_test_curve(shelf: Shelf) -> Subject:
    data = watched_on_test()
    return alone(shelf.trained(data), data)


def looked_at_by_another(shelf: Shelf) -> Subject:
    runs = shelf.together([shelf.trained(), shelf.trained(batch=16)])
    for day, run in enumerate(runs, 1):
        evaluated(run, f"2026-01-0{day}T00:00:00+00:00")
    return alone(next(run for run in runs if run.experiment.batch == 32))


def looked_at_by_its_seeds(shelf: Shelf) -> Subject:
    runs = shelf.together(shelf.seeds(0, 1))
    for run in runs:
        evaluated(run, "2026-01-01T00:00:00+00:00")
    return alone(runs[0])


def changed_between_looks(shelf: Shelf) -> Subject:
    run = shelf.copy(shelf.trained())
    for day in (1, 3):
        evaluated(run, f"2026-01-0{day}T00:00:00+00:00")
    return alone(run, deviations=(Deviation("epochs", "", "2026-01-02T00:00:00+00:00"),))


CASES = [
    Case("S01", chosen_on_test, chosen_on_validation),
    Case("S01", searched_on_test, searched_on_validation),
    Case("S01", changed_after_a_look, changed_before_a_look),
    Case("S02", best_of_the_test_curve, last_of_the_test_curve),
    Case("S03", looked_at_by_another, looked_at_by_its_seeds),
    Case("S03", changed_between_looks, changed_before_a_look, "error"),
]


def test_the_gain_of_the_best_epoch_is_told(shelf: Shelf) -> None:
    (found,) = rule_named("S02").findings(best_of_the_test_curve(shelf))
    curve = found.evidence["curve"]
    assert curve == [0.7, 0.8, 0.75, 0.55]
    assert found.evidence["epoch"] == 2
    assert found.evidence["gain"] == 0.25


def test_looks_are_told_with_their_runs(shelf: Shelf) -> None:
    (found,) = rule_named("S03").findings(looked_at_by_another(shelf))
    assert found.evidence["own"] == found.evidence["others"] == 1
    assert found.evidence["runs"] == [shelf.trained(batch=16).folder.name]


def test_a_study_is_not_asked_for_more_than_it_declares() -> None:
    assert Declaration().search is None
    assert not Declaration().is_study
