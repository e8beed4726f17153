from math import log
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset, experiment, trained
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.data import Arrays, Dataset, Split
from thumblab.evaluation import evaluate
from thumblab.evaluation.predict import load_network
from thumblab.experiment import Flips, Shifts
from thumblab.experiment.tta import mean_logits
from thumblab.runs import Run
from thumblab.training import steps


def test_the_runs_own_test_set_is_judged_by_its_stored_logits(run: Run) -> None:
    logits, labels = run.predictions["test_logits"], run.predictions["test_labels"]
    found = evaluate(run)
    assert found.images == 47
    assert found.accuracy == (logits.argmax(1) == labels).mean()
    assert 0 < found.loss < 2 * log(47)
    assert run.test_accuracy == found.accuracy


def test_looks_are_counted_and_written_down(run: Run) -> None:
    assert [evaluate(run).evaluations for _ in range(3)] == [1, 2, 3]
    lines = run.evaluations
    assert [line["data"] for line in lines] == ["own"] * 3
    named = {"id", "test", "fingerprint"}
    assert set(lines[0]) == {"when", "data", "accuracy", "loss", "images"} | named


def test_the_runs_own_test_set_is_known_by_its_content_and_others_count_apart(run: Run) -> None:
    few = dataset()
    assert few.test is not None
    assert evaluate(run, few).evaluations == 1
    assert evaluate(run).evaluations == 2
    other = Dataset("other", few.train, few.test.take(np.arange(9)), few.classes)
    assert evaluate(run, other).evaluations == 1
    assert [line["data"] for line in run.evaluations] == ["own", "own", "other"]


def test_tta_are_stated_beside_the_single_view(run: Run) -> None:
    plain, found = evaluate(run), evaluate(run, dataset(), Flips())
    assert (plain.tta, plain.tta_accuracy, plain.tta_loss) == (None, None, None)
    assert (found.accuracy, found.tta) == (plain.accuracy, Flips())
    network, _ = load_network(run, workers=2)
    test = dataset().test
    assert test is not None
    logits = mean_logits(network.predict, test.images, Flips())
    assert found.tta_accuracy == (logits.argmax(1) == test.labels).mean()
    assert found.tta_loss != found.loss
    last = run.evaluations[-1]
    assert last["tta"] == {"type": "Flips"}
    assert (last["accuracy"], last["tta_accuracy"]) == (found.accuracy, found.tta_accuracy)
    assert run.test_accuracy == plain.accuracy


def test_tta_that_the_experiment_names_need_no_data(tmp_path: Path) -> None:
    run = trained(tmp_path, experiment(tta=Shifts(), epochs=1))
    stored, fresh = evaluate(run), evaluate(run, dataset())
    assert stored.tta == fresh.tta == Shifts()
    assert stored.tta_accuracy == fresh.tta_accuracy
    assert evaluate(run, tta=Shifts()).tta_loss == stored.tta_loss
    with pytest.raises(UsageError, match=r"has stored no logits of Flips\(\); give the data set"):
        evaluate(run, tta=Flips())


def test_stored_weights_predict_what_the_run_stored(run: Run) -> None:
    own, fresh = evaluate(run), evaluate(run, dataset())
    assert fresh.accuracy == own.accuracy
    assert fresh.loss == pytest.approx(own.loss, rel=1e-5)
    network, _ = load_network(run, workers=2)
    assert dataset().test is not None
    np.testing.assert_array_equal(
        network.predict(dataset().test.images),
        run.predictions["test_logits"],  # type: ignore[union-attr]
    )


def test_a_torn_evaluation_spoils_nothing_and_still_counts(run: Run) -> None:
    evaluate(run)
    path = run.folder / "evaluations.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    assert evaluate(run).evaluations == 2  # the ledger knows both
    assert len(run.evaluations) == 1


def test_data_that_do_not_fit_are_refused(run: Run) -> None:
    few = dataset()
    assert few.test is not None
    wide = Split(np.zeros((47, 32, 32, 3), np.uint8), few.test.labels)
    other_classes = Dataset(
        "ten", few.train.take(np.arange(5)), few.test.take(np.arange(1)), ("cat", "dog")
    )
    with pytest.raises(DataError, match=r"reads \(1, 28, 28\) but wide has \(3, 32, 32\)"):
        evaluate(run, Dataset("wide", wide, wide, few.classes))
    with pytest.raises(
        DataError, match=r"ten has classes that .* was not trained on .'cat', 'dog'."
    ):
        evaluate(run, other_classes)
    assert run.evaluations == []


@pytest.mark.parametrize("empty", [True, False])
def test_data_without_test_images_are_refused(run: Run, empty: bool) -> None:
    few = dataset()
    assert few.test is not None
    none = few.test.take(np.zeros(0, int)) if empty else None
    with pytest.raises(DataError, match="few has no test images; choose other data"):
        evaluate(run, Dataset("few", few.train, none, few.classes))


def test_a_run_without_test_images_says_how_to_evaluate_it(tmp_path: Path) -> None:
    few = dataset()
    alone = Dataset("alone", few.train, None, few.classes)
    *_, last = steps(experiment(epochs=1, data=Arrays.of(alone)), runs=tmp_path, workers=1)
    with pytest.raises(DataError, match=r"trained on data without test images; evaluate it on oth"):
        evaluate(last.run)


def test_an_unfinished_run_cannot_be_evaluated(tmp_path: Path) -> None:
    generator = steps(experiment(), dataset=dataset(), runs=tmp_path, workers=1)
    run = next(generator).run
    generator.close()  # type: ignore[attr-defined]
    for use in (evaluate, load_network):
        with pytest.raises(RunError, match=r"is unfinished; resume its training"):
            use(run)


def test_a_newer_copy_of_the_run_judges_alike(run: Run, tmp_path: Path) -> None:
    """Training again from the start ends with the same judgment."""
    again = trained(tmp_path / "again")
    assert evaluate(again).loss == evaluate(run).loss
