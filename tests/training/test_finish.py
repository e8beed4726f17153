from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import dataset, experiment, trained
from tests.training.test_loop import stop_after
from thumblab.core.errors import UsageError
from thumblab.core.value import from_dict
from thumblab.data import Arrays, Dataset, Split
from thumblab.evaluation.predict import load_network
from thumblab.experiment import Shifts
from thumblab.experiment.tta import mean_logits
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.runs import Run
from thumblab.training import steps


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("shown"), experiment(tta=Shifts(), epochs=1))


def test_logits_of_the_named_views_are_stored_too(shown: Run) -> None:
    network, _ = load_network(shown, workers=2)
    test = dataset().test
    assert test is not None
    found = shown.predictions
    np.testing.assert_array_equal(
        found["test_tta_logits"], mean_logits(network.predict, test.images, Shifts())
    )
    right = found["validation_tta_logits"].argmax(1) == found["validation_labels"]
    assert shown.result is not None
    assert shown.result["validation_tta_accuracy"] == right.mean()
    assert from_dict(shown.result["tta"]) == Shifts()


def test_the_clock_stops_at_the_test_predictions_and_then_at_those_of_views(shown: Run) -> None:
    assert shown.result is not None
    assert 0 < shown.result["train_seconds"] < shown.result["seconds"]
    assert shown.result["seconds"] <= shown.result["tta_seconds"]


def test_views_change_no_training(shown: Run, tmp_path: Path) -> None:
    plain = trained(tmp_path, experiment(epochs=1))
    assert plain.metrics == shown.metrics
    assert plain.result is not None
    assert plain.result["tta"] is None
    assert {"tta_seconds", "validation_tta_accuracy"}.isdisjoint(plain.result)
    assert not any("tta" in name for name in plain.predictions)


def test_seconds_of_earlier_sessions_count_and_those_of_a_pause_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_after(4, tmp_path)
    run = Run(next(tmp_path.iterdir()))
    from thumblab.runs.states import last_checkpoint, save_checkpoint

    found = last_checkpoint(run)
    assert found is not None
    state, about = found
    assert about["clock"] > about["seconds"]
    save_checkpoint(run, state, about | {"clock": 1000.0})
    result = trained(tmp_path, resume=True).result
    assert result is not None
    assert 1000 < result["seconds"] < 1100


def test_without_test_images_there_is_no_clock(tmp_path: Path) -> None:
    few = dataset()
    alone = Dataset("alone", few.train, None, few.classes)
    *_, last = steps(experiment(epochs=1, data=Arrays.of(alone)), runs=tmp_path, workers=1)
    assert last.run.result is not None
    assert last.run.result["seconds"] is None


def test_features_have_no_views(tmp_path: Path) -> None:
    part = Split(np.zeros((20, 6), "f4"), np.arange(20) % 2)
    features = Dataset("features", part, part, ("a", "b"))
    of = Arrays.of(features)
    wanted = experiment(data=of, model=Sequential(Dense(2)), augment=(), tta=Shifts())
    with pytest.raises(UsageError, match=r"for images but features has features \(6,\)"):
        next(steps(wanted, runs=tmp_path, workers=1))


def test_views_that_do_not_fit_are_told_before_training(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="moves images 28 pixels reads"):
        next(steps(experiment(tta=Shifts(pixels=28)), dataset=dataset(), runs=tmp_path, workers=1))


def test_images_to_predict_are_told_with_the_last_step_and_counted_by_view(tmp_path: Path) -> None:
    wanted = experiment(tta=Shifts(), epochs=1)
    told = [each.to_predict for each in steps(wanted, dataset=dataset(), runs=tmp_path, workers=1)]
    (run,) = tmp_path.iterdir()
    stored = Run(run).predictions
    images = len(stored["test_labels"]) + len(stored["validation_labels"])
    assert told == [0] * (len(told) - 1) + [4 * images]  # as it is, and three views


# ----- Beside guessing -----


def of_labels(labels: np.ndarray) -> Dataset:
    """Noise, which says nothing of its labels."""
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 6, 6, 1), np.uint8)
    return Dataset("noise", Split(images, labels), None, ("a", "b", "c"))


def ended(folder: Path, labels: np.ndarray, **changes: Any) -> dict[str, Any]:
    data = of_labels(labels)
    told = {"model": Sequential(Flatten(), Dense(3)), "augment": (), "epochs": 1}
    wanted = experiment(**(told | changes), data=Arrays.of(data))
    *_, last = steps(wanted, dataset=data, runs=folder, workers=1)
    return dict(last.run.result or {})


@pytest.mark.parametrize("validation", [0.5, 0.0])
def test_a_run_at_chance_level_is_told(tmp_path: Path, validation: float) -> None:
    """Seventy percent of the images are of one class, and the network learns nothing else."""
    labels = np.repeat([0, 1, 2], [280, 80, 40])
    with pytest.warns(
        UserWarning, match=r"ends at chance level: .*most common class gets 70\.00 %"
    ):
        told = ended(tmp_path, labels, validation=validation)
    assert told["versus_chance"] == "no better than guessing"
    assert told["chance_accuracy"] == pytest.approx(0.7)
    assert told["scored_images"] == ("validation" if validation else "training")
    assert told["status"] == "done"


def test_so_few_images_tell_nothing(tmp_path: Path) -> None:
    with pytest.warns(
        UserWarning, match=r"2 validation images are too few to tell it from guessing"
    ):
        told = ended(tmp_path, np.arange(12) % 2, validation=0.17)
    assert told["versus_chance"] == "cannot tell"
    low, high = told["accuracy_interval"]
    assert high - low > 0.6


def test_a_network_that_has_learned_is_better_than_guessing(tmp_path: Path) -> None:
    run = trained(tmp_path, experiment(model=Sequential(Flatten(), Dense(47)), epochs=5))
    assert run.result is not None
    assert run.result["versus_chance"] == "better than guessing"
    low, high = run.result["accuracy_interval"]
    assert low < run.result["validation_accuracy"] < high
