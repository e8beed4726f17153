"""Every change of a sealed file is found; files of older versions, without a seal, still open."""

import json
from pathlib import Path

import pytest

from thumblab.core.errors import RunError
from thumblab.storage import files, sealed

VALUE = {"epoch": 1, "loss": 0.25, "classes": ["a", "b"], "learning_rate": 1.0, "none": None}


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    sealed.write(tmp_path / "x.json", VALUE)
    assert sealed.read(tmp_path / "x.json", required=True) == VALUE
    for value in (VALUE, {"epoch": 2}):
        files.append(tmp_path / "x.jsonl", sealed.line(value))
    assert sealed.lines(tmp_path / "x.jsonl", required=True) == [VALUE, {"epoch": 2}]
    assert sealed.text([VALUE, {"epoch": 2}]) == (tmp_path / "x.jsonl").read_bytes()
    assert sealed.lines(tmp_path / "none.jsonl", required=True) == []


@pytest.mark.parametrize("lines", [False, True])
def test_every_flipped_bit_is_found_or_changes_nothing(tmp_path: Path, lines: bool) -> None:
    path = tmp_path / "x"
    content = sealed.text([VALUE, VALUE]) if lines else sealed.text([VALUE])
    for bit in range(0, 8 * len(content), 5):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            found = sealed.lines(path, required=True)
        except RunError:
            continue
        assert found in ([VALUE] * 2, [VALUE], [])  # a torn end is left out; the caller counts


def test_an_edited_value_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    sealed.write(path, VALUE)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"loss": 0.125}))
    with pytest.raises(RunError, match="was edited"):
        sealed.read(path)


def test_a_missing_seal_is_an_error_only_where_there_must_be_one(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(VALUE))
    assert sealed.read(path) == VALUE
    with pytest.raises(RunError, match="was edited"):
        sealed.read(path, required=True)
    path.write_text(json.dumps(VALUE) + "\n" + sealed.line(VALUE) + "\n")
    assert sealed.lines(path) == [VALUE, VALUE]
    with pytest.raises(RunError, match="line 1 of"):
        sealed.lines(path, required=True)


@pytest.mark.parametrize("content", ["[1]", "3", "null", '"x"'])
def test_what_is_no_object_is_one_clear_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content + "\n")
    for read in (sealed.read, sealed.lines):
        with pytest.raises(RunError, match="no JSON object"):
            read(tmp_path / "x.json")


def test_a_folder_in_its_place_is_one_clear_error(tmp_path: Path) -> None:
    for read in (sealed.read, sealed.lines):
        with pytest.raises(RunError, match="cannot be read"):
            read(tmp_path)
