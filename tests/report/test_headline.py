from __future__ import annotations

from tests.report.conftest import Writer, dataset_of
from thumblab.report import headline
from thumblab.report.judged import judged


def test_test_comes_first_once_it_has_been_looked_at(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset)
    facts = headline.results(run, judged(run, dataset))
    names = [fact.name for fact in facts]
    assert names == ["Test accuracy", "Test loss", "Validation accuracy", "Validation loss"]
    assert facts[0].value == "50.0\xa0%"
    assert facts[0].note.startswith("95\xa0% interval")


def test_without_a_look_there_is_no_test_number(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset, evaluated=False)
    names = [fact.name for fact in headline.results(run, judged(run, dataset))]
    assert names == ["Validation accuracy", "Validation loss"]


def test_costs_are_those_of_the_result(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    values = {fact.name: fact.value for fact in headline.costs(run)}
    assert values["Parameters"] == "1,234"
    assert values["Cost of an image"] == "2.50 MFLOP"
    assert values["Training time"] == "1 min 23 s"
    assert values["Epochs"] == "3 of 3"


def test_top_k_is_given_only_where_it_says_something(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c", "d"))
    found = judged(write_run(dataset), dataset)
    assert found is not None
    names = [fact.name for fact in headline.measures(found)]
    assert names == ["Accuracy", "Top-3 accuracy", "Calibration error"]


def test_a_run_without_environment_has_none(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    (run.folder / "environment.json").unlink()
    assert headline.surroundings(run) == {}
