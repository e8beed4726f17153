from dataclasses import replace

import numpy as np
import pytest

from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.data import Arrays, Characters, Dataset, Split, check_origin, read
from thumblab.evaluation import evaluate
from thumblab.experiment import Experiment
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.training import train

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 6, 5, 3)).astype(np.uint8)
LABELS = np.arange(12) % 3


def test_arrays_are_read_as_they_are() -> None:
    found = read(Arrays(IMAGES, LABELS, IMAGES[:4], LABELS[:4], ("a", "b", "c"), name="mine"))
    assert (found.name, found.classes, found.shape) == ("mine", ("a", "b", "c"), (3, 6, 5))
    np.testing.assert_array_equal(found.train.images, IMAGES)
    assert found.test is not None
    np.testing.assert_array_equal(found.test.labels, LABELS[:4])
    assert found.validation is None


def test_a_validation_part_of_ones_own() -> None:
    found = read(Arrays(IMAGES, LABELS, validation_images=IMAGES[:3], validation_labels=LABELS[:3]))
    assert found.validation is not None
    assert len(found.validation) == 3
    assert found.fingerprint != read(Arrays(IMAGES, LABELS)).fingerprint
    assert found.fingerprint != read(Arrays(IMAGES, LABELS, IMAGES[:3], LABELS[:3])).fingerprint


def test_the_digest_of_the_samples_identifies_them() -> None:
    """Two arrays of the same shape are two data sets, and their experiments two runs."""
    one, two = Arrays(IMAGES, LABELS), Arrays(IMAGES.copy(), LABELS, name="other")
    assert one == two
    assert digest(one) == digest(two)
    changed = IMAGES.copy()
    changed[3, 2, 1, 0] ^= 1
    assert Arrays(changed, LABELS) != one


def test_the_arrays_are_copied() -> None:
    images = IMAGES.copy()
    mine = Arrays(images, LABELS)
    images[:] = 0
    np.testing.assert_array_equal(read(mine).train.images, IMAGES)


def test_a_stored_experiment_says_what_it_needs_and_takes_it_again(tmp_path) -> None:
    mine = Arrays(IMAGES, LABELS, IMAGES, LABELS, name="mine")
    wanted = Experiment(mine, Sequential(Flatten(), Dense(3)), epochs=1, validation=0.25)
    *_, last = train(wanted, runs=tmp_path, workers=1)
    stored = from_dict(to_dict(last.run.experiment.data))
    assert stored == mine
    assert "_held" not in to_dict(mine)
    with pytest.raises(
        DataError, match=r"arrays named 'mine' with SHA-256 \w{12}.*give them again"
    ):
        read(stored)
    again = read(Arrays(IMAGES, LABELS, IMAGES, LABELS))
    assert evaluate(last.run, again).images == 12
    *_, same = train(replace(wanted, data=stored), dataset=again, runs=tmp_path)
    assert same.run.folder == last.run.folder


def test_a_digest_is_compared_with_the_arrays_given() -> None:
    mine = Arrays(IMAGES, LABELS)
    assert Arrays(IMAGES, LABELS, sha256=mine.sha256) == mine
    with pytest.raises(DataError, match="they are others than those that were meant"):
        Arrays(IMAGES[::-1], LABELS, sha256=mine.sha256)


def test_a_data_set_of_ours_keeps_its_groups() -> None:
    part = Split(IMAGES, LABELS)
    whole = Dataset("mine", part, None, ("a", "b", "c"), (0, 0, 1), ("x", "y"))
    assert read(Arrays.of(whole)).group_names == ("x", "y")
    with pytest.raises(UsageError, match="give nothing beside it"):
        Arrays.of(whole, whole)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"images": IMAGES}, UsageError, "training images and training labels belong together"),
        (
            {"test_images": IMAGES, "test_labels": LABELS},
            UsageError,
            "there are no training images",
        ),
        (
            {"images": IMAGES, "labels": LABELS[:5]},
            DataError,
            "there are 5 labels; give one for each",
        ),
        ({"images": [np.zeros((2, 2)), np.zeros((3, 2))], "labels": [0, 1]}, DataError, "one size"),
    ],
)
def test_what_does_not_fit_is_refused(given, error, message) -> None:
    with pytest.raises(error, match=message):
        Arrays(**given)


def test_ones_own_arrays_are_not_recorded_as_another_data_set(tmp_path) -> None:
    """``Experiment(Characters())`` trained on other arrays used to be stored as Characters."""
    mine = Dataset("mine", Split(IMAGES, LABELS), None, ("a", "b", "c"))
    wanted = Experiment(Characters(), Sequential(Flatten(), Dense(47)), epochs=1)
    for given in (mine, read(Arrays.of(mine)), replace(read(Characters()), test=None)):
        with pytest.raises(UsageError, match=r"is on Characters\(\), but the data set given \("):
            next(train(wanted, dataset=given, runs=tmp_path))
    with pytest.raises(UsageError, match=r"is on arrays with SHA-256 \w{12}, but those of x"):
        next(
            train(
                replace(wanted, data=Arrays.of(mine)),
                dataset=replace(mine, name="x", classes=("c", "b", "a")),
                runs=tmp_path,
            )
        )
    assert not list(tmp_path.iterdir())
    check_origin(read(Characters()), Characters())
