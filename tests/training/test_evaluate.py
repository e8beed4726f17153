import json
from math import log
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.small import dataset, experiment, trained
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.data import Dataset, Part
from thumblab.layers import Dense, Sequential
from thumblab.training import Run, classify, evaluate, steps
from thumblab.training.checkpoint import load_arrays, save_arrays
from thumblab.training.evaluate import load_network


def test_the_runs_own_test_set_is_judged_by_its_stored_logits(run: Run) -> None:
    logits, labels = run.predictions["test_logits"], run.predictions["test_labels"]
    found = evaluate(run)
    assert found.images == 47
    assert found.accuracy == (logits.argmax(1) == labels).mean()
    assert 0 < found.loss < 2 * log(47)
    assert run.test_accuracy == found.accuracy


def test_looks_are_counted_and_written_down(run: Run) -> None:
    assert [evaluate(run).evaluations for _ in range(3)] == [1, 2, 3]
    lines = [
        json.loads(line) for line in (run.folder / "evaluations.jsonl").read_text().splitlines()
    ]
    assert [line["data"] for line in lines] == ["own"] * 3
    assert {"when", "accuracy", "loss", "images"} <= set(lines[0])
    assert evaluate(run, dataset()).evaluations == 1  # other data are counted on their own


def test_stored_weights_predict_what_the_run_stored(run: Run) -> None:
    own, fresh = evaluate(run), evaluate(run, dataset())
    assert fresh.accuracy == own.accuracy
    assert fresh.loss == pytest.approx(own.loss, rel=1e-5)
    network, _ = load_network(run, shards=2)
    assert dataset().test is not None
    np.testing.assert_array_equal(
        network.predict(dataset().test.images),
        run.predictions["test_logits"],  # type: ignore[union-attr]
    )


def test_a_torn_look_is_not_counted_and_spoils_nothing(run: Run) -> None:
    evaluate(run)
    path = run.folder / "evaluations.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    assert evaluate(run).evaluations == 1
    assert len(run.evaluations) == 1


def test_data_that_do_not_fit_are_refused(run: Run) -> None:
    few = dataset()
    assert few.test is not None
    wide = Part(np.zeros((47, 32, 32, 3), np.uint8), few.test.labels)
    other_classes = Dataset(
        "ten", few.train.take(np.arange(5)), few.test.take(np.arange(1)), ("a", "b")
    )
    with pytest.raises(
        DataError, match=r"the run reads \(1, 28, 28\) and knows 47 classes, but wide"
    ):
        evaluate(run, Dataset("wide", wide, wide, few.classes))
    with pytest.raises(DataError, match=r"but ten has \(1, 28, 28\) and 2"):
        evaluate(run, other_classes)
    assert run.evaluations == []


@pytest.mark.parametrize("empty", [True, False])
def test_data_without_test_images_are_refused(run: Run, empty: bool) -> None:
    few = dataset()
    assert few.test is not None
    none = few.test.take(np.zeros(0, int)) if empty else None
    with pytest.raises(DataError, match="few has no test images; choose another --data"):
        evaluate(run, Dataset("few", few.train, none, few.classes))


def test_a_run_without_test_images_says_how_to_evaluate_it(tmp_path: Path) -> None:
    few = dataset()
    alone = Dataset("alone", few.train, None, few.classes)
    *_, last = steps(experiment(epochs=1), dataset=alone, runs=tmp_path, shards=1)
    with pytest.raises(DataError, match=r"trained on data without test images; evaluate it on oth"):
        evaluate(last.run)


def test_an_unfinished_run_cannot_be_evaluated(tmp_path: Path) -> None:
    generator = steps(experiment(), dataset=dataset(), runs=tmp_path, shards=1)
    run = next(generator).run
    generator.close()  # type: ignore[attr-defined]
    with pytest.raises(RunError, match=r"predictions\.npz is missing or damaged .*--resume"):
        evaluate(run)
    with pytest.raises(RunError, match=r"weights\.safetensors is missing; train with --resume"):
        load_network(run)


def test_weights_of_another_model_are_refused(run: Run) -> None:
    path = run.folder / "weights.safetensors"
    arrays, about = load_arrays(path)
    save_arrays(path, {"0.weight": arrays["0.weight"]}, about, name="weights")
    with pytest.raises(RunError, match="are not those of this architecture"):
        load_network(run)
    save_arrays(path, arrays, about | {"model": {"type": "ReLU"}}, name="weights")
    with pytest.raises(UsageError, match="the weights are another model's; train again"):
        load_network(run)


# ----- Pictures of one's own -----


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    few = dataset()
    assert few.test is not None
    paths = []
    for i in range(5):
        paths.append(tmp_path / f"{i}.png")
        Image.fromarray(few.test.images[i, :, :, 0]).save(paths[-1])
    return paths


def test_pictures_get_the_classes_that_the_test_set_got(run: Run, pictures: list[Path]) -> None:
    found = classify(run, pictures, top=3)
    logits = run.predictions["test_logits"][:5]
    assert [path for path, _ in found] == pictures
    for (_, guesses), row in zip(found, logits, strict=True):
        best = np.argsort(-row, kind="stable")[:3]
        assert [guess.name for guess in guesses] == [dataset().classes[i] for i in best]
        probabilities = np.exp(row.astype(float) - row.max())
        wanted = (probabilities / probabilities.sum())[best]
        assert [guess.probability for guess in guesses] == pytest.approx(list(wanted), rel=1e-5)


def test_probabilities_of_all_classes_sum_to_1(run: Run, pictures: list[Path]) -> None:
    ((_, guesses),) = classify(run, pictures[:1], top=99)
    assert len(guesses) == 47
    assert sum(guess.probability for guess in guesses) == pytest.approx(1)


def test_no_pictures_give_no_guesses(run: Run) -> None:
    assert classify(run, []) == []


def test_a_bad_picture_is_named(run: Run, pictures: list[Path]) -> None:
    pictures[1].write_bytes(pictures[1].read_bytes()[:60])
    with pytest.raises(DataError, match=r"1\.png"):
        classify(run, pictures)


def test_a_run_on_features_reads_no_pictures(tmp_path: Path, pictures: list[Path]) -> None:
    rng = np.random.default_rng(0)
    part = Part(rng.standard_normal((20, 6)).astype("f4"), np.arange(20) % 2)
    features = Dataset("features", part, part, ("a", "b"))
    wanted = experiment(model=Sequential(Dense(2)), augment=(), epochs=1, batch=8)
    *_, last = steps(wanted, dataset=features, runs=tmp_path / "runs", shards=1)
    with pytest.raises(UsageError, match=r"reads features \(6,\), not pictures"):
        classify(last.run, pictures)


def test_a_newer_copy_of_the_run_judges_alike(run: Run, tmp_path: Path) -> None:
    """Training again from the start ends with the same judgement."""
    again = trained(tmp_path / "again")
    assert evaluate(again).loss == evaluate(run).loss
