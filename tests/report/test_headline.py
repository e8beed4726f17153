from __future__ import annotations

import json
from dataclasses import replace

from tests.report.conftest import Writer, dataset_of
from thumblab.analysis import Valley
from thumblab.core.value import to_dict
from thumblab.evaluation.cost import Cost
from thumblab.evaluation.overfitting import Overfit
from thumblab.evaluation.scored import scored
from thumblab.experiment import Shifts
from thumblab.report import headline


def test_test_comes_first_once_it_has_been_looked_at(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset)
    facts = headline.results(run, scored(run, dataset))
    names = [fact.name for fact in facts]
    assert names == ["Test accuracy", "Test loss", "Validation accuracy", "Validation loss"]
    assert facts[0].value == "50.0\xa0%"
    assert facts[0].note.startswith("95\xa0% interval")


def test_accuracy_in_tta_stands_apart_and_names_them(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    look = run.evaluations[-1] | {
        "tta": to_dict(Shifts(pixels=2)),
        "tta_accuracy": 0.6,
        "tta_loss": 0.9,
    }
    (run.folder / "evaluations.jsonl").write_text(json.dumps(look) + "\n")
    alone, _, seen = headline.results(run, None)[:3]
    assert (alone.name, alone.value) == ("Test accuracy", "50.0\xa0%")
    assert (seen.name, seen.value) == ("Test accuracy with TTA", "60.0\xa0%")
    assert seen.note == "mean logits of Shifts(pixels=2)"


def test_without_a_look_there_is_no_test_number(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset, evaluated=False)
    names = [fact.name for fact in headline.results(run, scored(run, dataset))]
    assert names == ["Validation accuracy", "Validation loss"]


def test_numbers_are_those_of_the_result(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    values = {fact.name: fact.value for fact in headline.made(run)}
    assert values["Parameters"] == "1,234"
    assert values["Training time"] == "1 min 23 s"
    assert values["Epochs"] == "3 of 3"
    assert len(headline.costs(run, None)) == 4
    (run.folder / "result.json").unlink()
    assert headline.made(run) == headline.costs(run, None) == []


def test_costs_are_those_that_were_measured(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    asked = Cost(83.0, 1234.5, 1234, 2_500_000, 4.936, 12_345.0, 1.5, 250.4)
    values = {fact.name: fact.value for fact in headline.costs(run, asked)}
    assert values["One image, forward"] == "2.50 MFLOP"
    assert values["Weights"] == "4.94 MB"
    assert values["Activations"] == "12,345 kB"
    assert values["Asked one image"] == "1.50 ms"
    assert values["Asked 128 at once"] == "250 µs"


def test_how_training_and_validation_came_apart() -> None:
    falls = (Valley(4, 0.06, True), Valley(7, 0.25, True))
    found = Overfit(9, "cross-entropy", 0.5, 0.1234, 6, 0.25, 1.4, 0.63, 8, 0.7, 0.65, 0.02, falls)
    facts = {fact.name: fact for fact in headline.apart(found)}
    assert facts["Gap of the loss"].value == "+0.500"
    assert facts["Gap of accuracy"].value == "12.3\xa0points"
    assert facts["Validation loss turns"].note == "it rose by 0.250 nats since"
    assert facts["Over-confidence"].value == "63\xa0%"
    assert facts["Falls of 5 points"].note == "deepest by 25.0\xa0points at epoch 7"
    calm = headline.apart(replace(found, turn=9, overconfident=None, valleys=()))
    assert [fact.name for fact in calm] == [
        name for name in facts if name not in ("Over-confidence", "Falls of 5 points")
    ]


def test_top_k_is_given_only_where_it_says_something(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c", "d"))
    found = scored(write_run(dataset), dataset)
    assert found is not None
    names = [fact.name for fact in headline.measures(found)]
    assert names == ["Accuracy", "Top-3 accuracy"]


def test_a_run_without_environment_has_none(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    (run.folder / "environment.json").unlink()
    assert headline.surroundings(run) == {}
