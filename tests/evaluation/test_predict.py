from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.small import dataset, experiment
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.data import Arrays, Dataset, Glyph, Split
from thumblab.evaluation import classify
from thumblab.evaluation.predict import load_network
from thumblab.experiment import FlipShift
from thumblab.experiment.tta import mean_logits
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.runs import Run
from thumblab.storage import sealed
from thumblab.storage.checkpoint import digest, load_arrays, save_arrays
from thumblab.training import steps


def test_weights_of_another_model_are_refused(run: Run) -> None:
    path = run.folder / "weights.safetensors"
    arrays, about = load_arrays(path)
    save_arrays(path, {"0.weight": arrays["0.weight"]}, about, name="weights")
    with pytest.raises(RunError, match="is missing, or not one of the model"):
        load_network(run)
    save_arrays(path, arrays, about | {"model": {"type": "ReLU"}}, name="weights")
    with pytest.raises(RunError, match=r"damaged .it is another model's"):
        load_network(run)


def test_what_a_gpu_trained_computes_where_there_is_none(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    there = replace(run.experiment, engine="torch", device="cuda")
    monkeypatch.setattr(type(run), "experiment", property(lambda _: there))
    network, _ = load_network(run)
    assert network.predict(np.zeros((1, 28, 28, 1), np.uint8)).shape[0] == 1


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
    assert [each.file for each in found] == pictures
    for each, row in zip(found, logits, strict=True):
        guesses = each.top
        best = np.argsort(-row, kind="stable")[:3]
        assert [guess.name for guess in guesses] == [dataset().classes[i] for i in best]
        probabilities = np.exp(row.astype(float) - row.max())
        wanted = (probabilities / probabilities.sum())[best]
        assert [guess.probability for guess in guesses] == pytest.approx(list(wanted), rel=1e-5)


def test_probabilities_of_all_classes_sum_to_1(run: Run, pictures: list[Path]) -> None:
    (found,) = classify(run, pictures[:1], top=99)
    assert len(found.top) == 47
    assert sum(guess.probability for guess in found.top) == pytest.approx(1)


def test_logits_that_mean_no_class_take_no_place(tmp_path: Path, pictures: list[Path]) -> None:
    wide = experiment(model=Sequential(Flatten(), Dense(256)), epochs=1)
    *_, last = steps(wide, dataset=dataset(), runs=tmp_path / "runs", workers=1)
    path = last.run.folder / "weights.safetensors"
    arrays, about = load_arrays(path)
    arrays["1.bias"] = np.where(np.arange(256) % 2, 9, 0).astype("f4")
    save_arrays(path, arrays, about, name="weights")
    result = last.run.folder / "result.json"
    sealed.write(result, sealed.read(result) | {"weights_sha256": digest(arrays)})
    found = classify(last.run, pictures, top=30)
    assert [len(each.top) for each in found] == [30] * len(pictures)


def test_no_pictures_give_no_guesses(run: Run) -> None:
    assert classify(run, []) == []


def test_bad_pictures_are_named_and_the_others_answered(run: Run, pictures: list[Path]) -> None:
    """One bad picture once took the answers of all others with it."""
    wanted = classify(run, pictures)
    pictures[1].write_bytes(pictures[1].read_bytes()[:60])
    pictures[3].write_bytes(b"")
    with pytest.warns(UserWarning, match="png") as told:
        found = classify(run, pictures)
    assert [bool(each.error) for each in found] == [False, True, False, True, False]
    for answer, same in zip(found[::2], wanted[::2], strict=True):
        assert (answer.file, answer.warnings) == (same.file, same.warnings)
        assert [guess.name for guess in answer.top] == [guess.name for guess in same.top]
        assert [guess.probability for guess in answer.top] == pytest.approx(
            [guess.probability for guess in same.top], rel=1e-5
        )  # a smaller batch may be summed in another order
    assert [str(each.message).split(" ")[0] for each in told] == [*map(str, pictures[1:4:2])]
    with pytest.raises(DataError, match=r"none of 2 pictures can be decoded:\n  .*1\.png"):
        classify(run, pictures[1:4:2])
    with pytest.raises(DataError, match=r"^[^\n]*3\.png is empty"):
        classify(run, pictures[3:4])


def test_pictures_unlike_the_training_images_are_told(run: Run, pictures: list[Path]) -> None:
    """Dark ink on light paper gets an answer, and nearly always a wrong one."""
    for path in pictures:
        Image.open(path).point(lambda level: 255 - level).save(path)
    with pytest.warns(UserWarning, match=r"\.png has a border of level 255 \(training images: 0\)"):
        unprepared = classify(run, pictures, prepare=None)
    assert all(each.warnings for each in unprepared)
    prepared = classify(run, pictures, prepare=Glyph(ink=24 / 28, center="box"))
    assert not any(each.warnings for each in prepared)
    shown = [each.shown.image for each in prepared if each.shown]
    test = dataset().test
    assert test is not None
    assert np.mean([(a == b).all() for a, b in zip(shown, test.images[:5], strict=True)]) >= 0.8


def test_many_warnings_share_the_last_line(
    run: Run, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thumblab.evaluation.predict.LISTED", 2)
    for path in pictures:
        Image.new("L", (28, 28), 255).save(path)
    with pytest.warns(UserWarning, match="png") as told:
        found = classify(run, pictures, prepare=None)
    assert [len(told), str(told[2].message)[:15]] == [3, "3 more are such"]
    assert all(str(path) in str(told[2].message) for path in pictures[2:])
    assert found[0].warnings == ("is one color all over, so that nothing can be told from it",)


def test_a_run_on_features_reads_no_pictures(tmp_path: Path, pictures: list[Path]) -> None:
    rng = np.random.default_rng(0)
    part = Split(rng.standard_normal((20, 6)).astype("f4"), np.arange(20) % 2)
    features = Dataset("features", part, part, ("a", "b"))
    of = Arrays.of(features)
    wanted = experiment(data=of, model=Sequential(Dense(2)), augment=(), epochs=1, batch=8)
    *_, last = steps(wanted, runs=tmp_path / "runs", workers=1)
    with pytest.raises(UsageError, match=r"reads features \(6,\), not pictures"):
        classify(last.run, pictures)


def test_tta_of_a_picture_are_averaged(run: Run, pictures: list[Path]) -> None:
    network, _ = load_network(run)
    test = dataset().test
    assert test is not None
    wanted = mean_logits(network.predict, test.images[:5], FlipShift()).argmax(1)
    found = classify(run, pictures, top=1, tta=FlipShift())
    assert [each.top[0].name for each in found] == [dataset().classes[i] for i in wanted]
    assert found != classify(run, pictures, top=1)
