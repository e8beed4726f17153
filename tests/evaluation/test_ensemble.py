from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset, experiment, trained
from thumblab.core.errors import DataError, UsageError
from thumblab.data import Arrays, Dataset
from thumblab.evaluation import evaluate_ensemble
from thumblab.experiment import Flips, Shifts
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.losses.loss import log_softmax
from thumblab.runs import Run
from thumblab.training import steps

PLAIN = Sequential(Flatten(), Dense(47))


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    folder = tmp_path_factory.mktemp("members")
    return [trained(folder, experiment(model=PLAIN, seed=seed, tta=Shifts())) for seed in range(3)]


def probabilities(run: Run, name: str) -> np.ndarray:
    return np.exp(log_softmax(run.predictions[name].astype(float)))


def test_probabilities_are_averaged(members: list[Run]) -> None:
    found = evaluate_ensemble(members)
    labels = members[0].predictions["test_labels"]
    for name, accuracy, loss in (
        ("test_logits", found.accuracy, found.loss),
        ("test_tta_logits", found.tta_accuracy, found.tta_loss),
    ):
        mean = np.mean([probabilities(run, name) for run in members], axis=0)
        assert accuracy == (mean.argmax(1) == labels).mean()
        assert loss == pytest.approx(-np.log(mean[np.arange(47), labels]).mean())
    assert (found.images, found.tta) == (47, Shifts())


def test_it_is_a_look_at_the_test_set_for_every_member(members: list[Run]) -> None:
    before = [len(run.evaluations) for run in members]
    found = evaluate_ensemble(members)
    assert [len(run.evaluations) for run in members] == [count + 1 for count in before]
    assert [each.accuracy for each in found.members] == [run.test_accuracy for run in members]
    told = members[1].evaluations[-1]["ensemble"]
    assert told["runs"] == [run.about["key"] for run in members]
    assert told["accuracy"] == found.accuracy


def test_fresh_predictions_give_the_same(members: list[Run]) -> None:
    stored, fresh = evaluate_ensemble(members), evaluate_ensemble(members, dataset())
    assert fresh.accuracy == stored.accuracy
    assert fresh.loss == pytest.approx(stored.loss, rel=1e-5)
    assert evaluate_ensemble(members, dataset(), Flips()).tta == Flips()


def test_tta_that_not_all_name_are_left_out(members: list[Run], tmp_path: Path) -> None:
    plain = trained(tmp_path, experiment(model=PLAIN, seed=9))
    found = evaluate_ensemble([plain, *members])
    assert (found.tta, found.tta_accuracy) == (None, None)
    assert {each.tta for each in found.members} == {None}


def test_other_members_are_refused(members: list[Run], tmp_path: Path) -> None:
    first = members[0]
    for runs in ([], [first]):
        with pytest.raises(UsageError, match=r"give at least two runs$"):
            evaluate_ensemble(runs)
    with pytest.raises(UsageError, match=r"^a run is given twice; give each once$"):
        evaluate_ensemble([first, members[1], first])
    few = dataset()
    less = Dataset("less", few.train.take(np.arange(200)), few.test, few.classes)
    *_, last = steps(
        experiment(epochs=1, model=PLAIN, data=Arrays.of(less)), runs=tmp_path, workers=1
    )
    with pytest.raises(UsageError, match=r"was trained on other data or classes than"):
        evaluate_ensemble([first, last.run])


def test_without_test_images_nothing_is_noted(tmp_path: Path) -> None:
    few, runs = dataset(), []
    alone = Dataset("alone", few.train, None, few.classes)
    for seed in range(2):
        wanted = experiment(epochs=1, model=PLAIN, seed=seed, data=Arrays.of(alone))
        *_, last = steps(wanted, runs=tmp_path, workers=1)
        runs.append(last.run)
    with pytest.raises(DataError, match=r"trained on data without test images"):
        evaluate_ensemble(runs)
    assert not any(run.evaluations for run in runs)
