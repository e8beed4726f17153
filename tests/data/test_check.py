import numpy as np
import pytest

from thumblab.data import Characters, Dataset, Reading, Split, check, read

RNG = np.random.default_rng(0)


def part(*labels: int) -> Split:
    images = RNG.integers(0, 256, (len(labels), 4, 4, 1)).astype(np.uint8)
    return Split(images, np.array(labels, np.int64))


def joined(*parts: Split) -> Split:
    return Split(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("images", "labels"))
    )


def test_an_ordinary_set_raises_no_question() -> None:
    found = check(read(Characters()))
    assert found.warnings == ()
    assert (found.smallest, found.guess, found.repeated) == (("0", 200), "0", 0)
    assert found.guess_accuracy == pytest.approx(1 / 47)


def test_counts_the_smallest_class_and_guessing() -> None:
    data = Dataset("x", part(0, 0, 0, 1, 1), part(0, 1, 1, 1), ("a", "b"), validation=part(1))
    found = check(data)
    assert found.counts == {"training": (3, 2), "validation": (0, 1), "test": (1, 3)}
    assert (found.smallest, found.guess, found.guess_accuracy) == (("b", 2), "a", 0.25)
    alone = check(Dataset("x", data.train, None, ("a", "b")))
    assert alone.guess_accuracy == 0.6


def test_a_picture_under_two_labels_is_named() -> None:
    one, two = part(0), part(0, 1, 1)
    twin = Split(one.images, np.array([1]))
    files = {"training": ("a/1", "a/2", "b/1", "b/2", "b/3")}
    found = check(Dataset("x", joined(one, two, twin), None, ("a", "b"), reading=Reading(files)))
    assert found.contradictory == (("a/1 (a)", "b/3 (b)"),)
    assert found.repeated == 0
    (told,) = found.warnings
    assert told.startswith(
        "1 picture under two labels or more, so that at least one is wrong: a/1 (a)"
    )


def test_duplicates_within_a_class_and_across_parts() -> None:
    train = joined(first := part(0), part(1), first, first)
    found = check(Dataset("x", train, joined(first, part(1)), ("a", "b"), validation=first))
    assert (found.repeated, found.contradictory) == (2, ())
    assert found.leaked == {"validation": 1, "test": 1}
    told = "1 of 2 test pictures in x are training pictures too; the test accuracy says too much"
    assert told in found.warnings


def test_flat_images_are_counted_in_every_part() -> None:
    flat = Split(np.full((3, 12, 12, 3), (9, 8, 7), np.uint8), np.array([0, 1, 1]))
    noise = Split(RNG.integers(0, 256, (3, 12, 12, 3)).astype(np.uint8), np.array([0, 1, 1]))
    found = check(Dataset("x", noise, joined(noise, flat), ("a", "b")))
    assert found.flat == {"training": 0, "test": 3}
    assert any(told.startswith("3 test images of one color all over") for told in found.warnings)


def test_rare_classes_are_told() -> None:
    """As where nine tenths of some letters were lost on the way."""
    found = check(Dataset("x", part(*[0] * 60, *[1] * 2, *[2] * 30), None, ("a", "b", "c")))
    (told,) = found.warnings
    assert told.startswith("1 of 3 classes are rare: b 2, against a with 60; overall accuracy says")
    assert check(Dataset("x", part(*[0] * 40, 1, 1), None, ("a", "b"))).warnings == ()


def test_parts_that_are_unlike_are_told() -> None:
    data = Dataset("x", part(*[0] * 90, *[1] * 10), part(*[0] * 50, *[1] * 50), ("a", "b"))
    (told,) = check(data).warnings
    assert told.endswith("a makes 90.0 % of one and 50.0 % of the other")
    alike = Dataset("x", part(*[0] * 90, *[1] * 10), part(*[0] * 40, *[1] * 10), ("a", "b"))
    assert check(alike).warnings == ()


def test_a_part_that_lacks_classes_or_is_the_larger_one_is_told() -> None:
    found = check(Dataset("x", part(0, 1), part(0, 0, 0), ("a", "b")))
    assert found.warnings[0] == "the test part lacks 1 of 2 classes: b"
    assert found.warnings[1] == "the test part is larger than the training part: 3 samples"


def test_features_are_checked_too() -> None:
    rows = Split(np.array([[1.0, 2.0], [1.0, 2.0]], np.float32), np.array([0, 1]))
    found = check(Dataset("x", rows, None, ("a", "b")))
    assert (found.flat, len(found.contradictory)) == ({"training": 0}, 1)


def test_the_plain_data_are_complete() -> None:
    told = check(Dataset("x", part(0, 1), None, ("a", "b"))).to_json()
    assert told["counts"] == {"training": [1, 1]}
    assert set(told) >= {"smallest_class", "guess", "skipped", "passed_over", "suspicious", "flat"}
