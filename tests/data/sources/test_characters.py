from importlib.resources import files

import numpy as np

from thumblab.data import Characters, duplicate_groups, read
from thumblab.data.sources.characters import CLASSES


def test_every_class_has_200_and_40_glyphs() -> None:
    data = read(Characters())
    assert data.classes == tuple(CLASSES)
    assert data.test is not None
    assert np.bincount(data.train.labels).tolist() == [200] * 47
    assert np.bincount(data.test.labels).tolist() == [40] * 47
    assert data.shape == (1, 28, 28)


def test_pixels_are_those_that_were_packed() -> None:
    fingerprint = read(Characters()).fingerprint
    assert fingerprint == "0d18e0655758fe1153e06e6b89e8287051276c25dddeea3798da9999aed8ee12"


def test_no_glyph_is_in_both_parts() -> None:
    data = read(Characters())
    assert data.test is not None
    numbers = duplicate_groups(np.concatenate([data.train.images, data.test.images]))
    assert not set(numbers[:9400]) & set(numbers[9400:])


def test_glyphs_stand_upright() -> None:
    data = read(Characters())
    mean = np.stack([data.train.images[data.train.labels == i].mean(0)[..., 0] for i in range(47)])
    seven, el = mean[CLASSES.index("7")], mean[CLASSES.index("L")]
    assert seven[:14].sum() > seven[14:].sum()
    assert el[14:].sum() > el[:14].sum()


def test_sheets_are_small() -> None:
    sheets = files("thumblab.data").joinpath("sheets").iterdir()
    assert sum(len(sheet.read_bytes()) for sheet in sheets) < 3_000_000
