from dataclasses import replace

import numpy as np

from thumblab.report.study import StudyArm, StudyPage
from thumblab.report.study.flips import flips

PLAIN = np.array([[1, 1, 0, 0, 1, 0], [1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 1, 0]], bool)
AFTER = np.array([[0, 1, 1, 1, 1, 0], [0, 1, 1, 1, 0, 0], [0, 1, 1, 0, 1, 0]], bool)
IMAGES = np.arange(6 * 16, dtype=np.uint8).reshape(6, 4, 4, 1)
PAGE = StudyPage(
    "a",
    (StudyArm("plain"), StudyArm("after"), StudyArm("same")),
    hits={"plain": PLAIN, "after": AFTER, "same": PLAIN},
    labels=np.array([0, 1, 0, 1, 0, 1]),
    classes=("cat", "dog"),
    images=IMAGES,
    files=tuple(f"{i}.png" for i in range(6)),
)


def test_images_of_most_seeds_are_gained_and_lost_the_clearest_first():
    (found,) = flips(PAGE).arms
    assert (found.name, found.gained, found.lost) == ("after", 2, 1)
    told = [(each.image, each.own, each.other, each.truth, each.file) for each in found.gains]
    assert told == [(2, 3, 0, "cat", "2.png"), (3, 2, 0, "dog", "3.png")]
    assert [each.image for each in found.losses] == [0]


def test_a_tie_of_seeds_is_no_flip():
    even = {"plain": PLAIN[:2], "after": AFTER[:2]}
    gained = [each.image for each in flips(replace(PAGE, hits=even)).arms[0].gains]
    assert gained == [2, 3]
    half = {"plain": PLAIN[:2, 4:5], "after": np.ones((2, 1), bool)}
    assert flips(replace(PAGE, hits=half, images=None)).arms == []


def test_places_are_those_of_the_one_picture():
    drawn = flips(PAGE)
    columns = drawn.mosaic.columns
    flipped = [*drawn.arms[0].gains, *drawn.arms[0].losses]
    places = {each.image: each.row * columns + each.column for each in flipped}
    assert places == {0: 0, 2: 1, 3: 2}


def test_without_images_they_are_named_and_without_hits_there_are_none():
    plain = flips(replace(PAGE, images=None, labels=None, files=()))
    assert plain.mosaic is None
    assert plain.arms[0].gains[0].truth == ""
    assert flips(replace(PAGE, images=np.zeros((6, 8), np.float32))).mosaic is None
    assert flips(replace(PAGE, hits={})).arms == []
