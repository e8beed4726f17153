"""Predictions as they are stored, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.small import dataset
from thumblab.core.errors import RunError
from thumblab.runs import Run, predictions
from thumblab.storage import files


def test_predictions_are_those_of_validation_and_test(finished: Run) -> None:
    found = finished.predictions
    assert {name: array.shape for name, array in found.items()} == {
        "validation_logits": (47, 47),
        "validation_labels": (47,),
        "test_logits": (47, 47),
        "test_labels": (47,),
    }
    np.testing.assert_array_equal(found["test_labels"], dataset().test.labels)  # type: ignore[union-attr]


def test_damaged_predictions_are_one_clear_error(run: Run) -> None:
    path = run.folder / "predictions.npz"
    whole, good = path.read_bytes(), run.predictions
    for content in (b"", whole[:-30], b"cos\nsystem\n(S'true'\ntR."):
        path.write_bytes(content)
        with pytest.raises(RunError, match=r"missing or damaged .*resume the training"):
            _ = Run(run.folder).predictions
    for bit in np.random.default_rng(0).integers(0, 8 * len(whole), 40):
        spoilt = bytearray(whole)
        spoilt[bit // 8] ^= 1 << bit % 8
        path.write_bytes(spoilt)
        try:
            found = Run(run.folder).predictions
        except RunError:
            continue
        for name, array in good.items():  # a bit of the archive's own that means nothing
            np.testing.assert_array_equal(found[name], array)


def test_damage_names_the_array(run: Run) -> None:
    """A flipped bit that calls a member encrypted was an error of another kind, and uncaught."""
    path = run.folder / "predictions.npz"
    encrypted = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(sign) + place] |= 1
    path.write_bytes(encrypted)
    with pytest.raises(RunError, match=r"missing or damaged \(.*encrypted"):
        _ = Run(run.folder).predictions
    np.savez(path, test_logits=np.array([object()], object))
    with pytest.raises(RunError, match=r"damaged \(test_logits\.npy is an array of objects"):
        _ = Run(run.folder).predictions


def test_pickled_predictions_are_never_loaded(run: Run) -> None:
    np.savez(run.folder / "predictions.npz", test_logits=np.array([object()], object))
    with pytest.raises(RunError, match="missing or damaged"):
        _ = run.predictions


def test_predictions_come_back(tmp_path: Path) -> None:
    labels = np.arange(3)
    predictions.write(
        tmp_path / "predictions.npz", {"test_logits": np.eye(3), "test_labels": labels}
    )
    files.write_json(tmp_path / "result.json", {"status": "done"})
    found = Run(tmp_path).predictions
    assert list(found) == ["test_logits", "test_labels"]
    np.testing.assert_array_equal(found["test_logits"], np.eye(3))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"test_labels": None}, "labels or logits of 'test' are missing"),
        ({"test_logits": np.zeros((2, 3))}, r"test logits are float64 of shape \(2, 3\)"),
        ({"test_logits": np.zeros((3, 3), np.int64)}, "test logits are int64"),
        ({"test_logits": np.full((3, 3), np.nan)}, "test logits are not all finite"),
        ({"test_tta_logits": np.zeros(3)}, r"test logits are float64 of shape \(3,\)"),
        ({"test_labels": np.array([0, 1, 3])}, "labels are of classes that the logits have not"),
        ({"test_labels": np.array([0, -1, 1])}, "labels are of classes that the logits have not"),
        ({"test_labels": np.zeros(3)}, "test labels are float64"),
        ({"train_labels": np.arange(3), "train_logits": np.eye(3)}, "other arrays too"),
        ({"test_other": np.zeros(3)}, "other arrays too"),
    ],
)
def test_predictions_that_cannot_be_a_runs_are_refused(
    tmp_path: Path, changes: dict[str, np.ndarray | None], reason: str
) -> None:
    arrays = {"test_labels": np.arange(3), "test_logits": np.eye(3)} | changes
    path = tmp_path / "predictions.npz"
    predictions.write(path, {name: each for name, each in arrays.items() if each is not None})
    with pytest.raises(RunError, match=reason):
        predictions.read(path)


def test_arrays_larger_than_their_file_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "predictions.npz"
    np.savez_compressed(
        path, test_labels=np.zeros(10**6, np.int64), test_logits=np.zeros((10**6, 2))
    )
    with pytest.raises(RunError, match="arrays are compressed"):
        predictions.read(path)


def test_a_folder_in_place_of_the_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "predictions.npz").mkdir()
    with pytest.raises(RunError, match="missing or damaged"):
        predictions.read(tmp_path / "predictions.npz")
