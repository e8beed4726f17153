import numpy as np
import pytest

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Emnist, read
from thumblab.data.sources.emnist import mapping, usual_mapping


def test_glyphs_are_made_upright(examples, shelve, as_idx, tmp_path) -> None:
    glyphs = np.zeros((10, 28, 28))
    glyphs[:, 3, 20] = 255  # as stored: transposed
    files = examples[Emnist()] | {"emnist-balanced-train-images-idx3-ubyte": as_idx(glyphs)}
    data = read(Emnist(), shelve(tmp_path / "emnist", files).parent)
    assert data.train.images[0, 20, 3, 0] == 255
    assert data.train.images.sum() == 10 * 255


def test_letters_start_at_one_and_are_named_by_upper_case(examples, shelve, tmp_path) -> None:
    data = read(Emnist("letters"), shelve(tmp_path, examples[Emnist("letters")]))
    assert data.train.labels.tolist() == list(range(26))
    assert "".join(data.classes) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_by_class_is_grouped_by_kind_of_character(examples, shelve, tmp_path) -> None:
    data = read(Emnist("byclass"), shelve(tmp_path, examples[Emnist("byclass")]))
    assert data.groups == (0, 0, 0, 1, 1, 1, 2, 2, 2)
    assert data.group_names == ("digit", "upper case", "lower case")


def test_a_lower_case_class_keeps_its_case() -> None:
    assert mapping(b"0 65\n1 97\n", "m") == (0, ("A", "a"))


@pytest.mark.parametrize("text", [b"", b"0 48\n2 50\n", b"-1 48\n"])
def test_gaps_in_the_mapping_are_refused(text) -> None:
    with pytest.raises(DataError, match="m does not number its lines one by one"):
        mapping(text, "m")


@pytest.mark.parametrize("text", [b"zero 48\n", b"0\n", b"0 -5\n", b"0 99999999999999999999\n"])
def test_a_mapping_of_something_else_is_refused(text) -> None:
    with pytest.raises(DataError, match="m is not lines of 'label codepoint'"):
        mapping(text, "m")


def test_labels_beyond_the_mapping_are_refused(examples, shelve, as_idx, tmp_path) -> None:
    bad = {"emnist-letters-train-labels-idx1-ubyte": as_idx(np.arange(26))}
    with pytest.raises(DataError, match="training labels run from -1 to 24"):
        read(Emnist("letters"), shelve(tmp_path, examples[Emnist("letters")] | bad))


def test_unknown_split_is_refused() -> None:
    with pytest.raises(
        UsageError, match="unknown split of EMNIST 'bymerg'; did you mean 'bymerge'"
    ):
        Emnist("bymerg")


@pytest.mark.parametrize("split", ["balanced", "letters", "byclass", "mnist"])
def test_the_mapping_is_known_where_its_file_is_missing(split, examples, shelve, tmp_path) -> None:
    """torchvision leaves it out, so that what it had fetched could not be read."""
    files = dict(examples[Emnist(split)])
    del files[f"emnist-{split}-mapping.txt"]
    found = read(Emnist(split), shelve(tmp_path / "EMNIST" / "raw", files).parents[1])
    sizes = {"balanced": 47, "letters": 26, "byclass": 62, "mnist": 10}
    assert len(found.classes) == sizes[split]
    assert found.train.labels.tolist() == list(range(len(found.train)))


@pytest.mark.parametrize(
    ("split", "names"),
    [
        ("balanced", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"),
        ("bymerge", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"),
        ("byclass", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
        ("letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("digits", "0123456789"),
        ("mnist", "0123456789"),
    ],
)
def test_the_official_mappings(split, names) -> None:
    first, found = mapping(usual_mapping(split), split)
    assert (first, "".join(found)) == (1 if split == "letters" else 0, names)


def test_kaggles_tables_are_the_same(examples, shelve, as_idx, tmp_path) -> None:
    files = examples[Emnist("letters")]
    plain = read(Emnist("letters"), shelve(tmp_path / "plain", files))
    assert plain.test is not None
    tables = {}
    for name, part in (("train", plain.train), ("test", plain.test)):
        stored = part.images.transpose(0, 2, 1, 3).reshape(len(part), -1)
        rows = np.concatenate([part.labels[:, None] + 1, stored], 1).tolist()
        lines = "\n".join(",".join(map(str, row)) for row in rows)
        tables[f"emnist-letters-{name}.csv"] = lines.encode()
    found = read(Emnist("letters"), shelve(tmp_path / "kaggle", tables))
    assert found.fingerprint == plain.fingerprint
