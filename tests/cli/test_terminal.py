"""What a terminal is spared: steering characters, endless lines, impossible widths."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from thumblab.cli.output import table
from thumblab.cli.terminal import (
    LONGEST_LINE,
    MOST_LINES,
    capped,
    cell,
    printable,
    readable_width,
    shortened,
)

EVIL = "a\x1b[31m\x07\x08\r\x9b2J\x7f\u202e\u2066\u2028\u200fb"
STEERING = [chr(code) for code in (*range(32), *range(127, 160)) if code not in (9, 10)]
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029"


def test_no_character_steers_a_terminal():
    for letter in (*STEERING, *TURNING):
        assert printable(f"a{letter}b").isprintable()
        assert cell(f"a{letter}b") == printable(f"a{letter}b") != f"a{letter}b"
    for plain in ("Größe", "字", "한국어", "a\nb\tc", "👩‍👩‍👧", "é", "שלום", ""):
        assert printable(plain) == plain
    assert cell("a\nb\tc") == r"a\nb\tc"
    shown = table(("name", "n"), [(EVIL + "\n", "1"), ("b", "20")])
    assert len(shown.split("\n")) == 3
    assert shown.replace("\n", "").isprintable()


def test_long_lines_lose_their_middle_and_long_lists_their_end():
    assert shortened("x" * LONGEST_LINE) == "x" * LONGEST_LINE
    found = shortened("begin" + "x" * 10**6 + "end")
    assert found.startswith("begin")
    assert found.endswith("end")
    assert len(found) < LONGEST_LINE
    assert capped(["a"] * MOST_LINES) == ["a"] * MOST_LINES
    assert capped(list(map(str, range(60_000))))[-2:] == ["19", "and 59,980 more"]


@pytest.mark.parametrize(
    "columns", ["0", "1", "-5", "5", "99999999999", "1000000", "abc", "²", "١٢", ""]
)
@pytest.mark.parametrize("name", ["COLUMNS", "LINES"])
def test_help_is_laid_out_whatever_the_terminal_says(cli, monkeypatch, name, columns):
    """A width of 1 did not end, one of 0 was a traceback, and a large one took all memory."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv(name, columns)
    ended = cli("train", "--help")
    assert (ended.code, ended.err) == (0, "")
    assert "--optimizer" in ended.out
    assert max(map(len, ended.out.split("\n"))) <= 400
    assert os.environ[name] == columns


def test_a_narrow_terminal_is_taken_for_a_wider_one(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((1, 1)))
    monkeypatch.setattr(sys, "__stdout__", SimpleNamespace(fileno=lambda: 1))
    with readable_width():
        assert os.environ["COLUMNS"] == "40"
    assert "COLUMNS" not in os.environ


def written(err):
    return err.replace("\n", "")


@pytest.fixture
def folder(tmp_path):
    """Pictures in two classes, one of which is called what no terminal should print."""
    for name in (EVIL.replace("\r", ""), "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(6):
            noise = np.random.default_rng(number + len(name)).integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(noise).save(tmp_path / "pictures" / name / f"{number}.png")
    return "pictures"


def test_names_of_classes_files_and_models_do_not_steer_the_terminal(cli, folder):
    Path("steer.toml").write_text('data = "characters"\nmodel = "x\\u001b[31m"\n')
    for command in (
        ("data", folder),
        ("train", "--data", folder, "--model", "mlp", "--epochs", "1", "--batch", "4"),
        ("train", "steer.toml"),
        ("evaluate", "runs/\x1b[31mnone"),
        ("predict", "\x1b]0;title\x07", "x.png"),
        ("report", EVIL),
        (EVIL,),
        ("train", f"--{EVIL}"),
    ):
        ended = cli(*command)
        assert written(ended.out + ended.err).isprintable(), command
        assert ended.code in (0, 2, 3, 4)
    (run,) = Path("runs").iterdir()
    one = next(Path("pictures").rglob("0.png"))
    for command in (("predict", run, one), ("evaluate", run), ("runs",), ("embed", run)):
        ended = cli(*command)
        assert written(ended.out + ended.err).isprintable(), command


LONG = "x" * 300_000


@pytest.mark.parametrize(
    "command",
    [
        (LONG,),
        (f"--{LONG}",),
        ("train", LONG),
        ("train", "--data", LONG, "--model", "mlp"),
        ("train", "--data", "characters", "--model", LONG),
        ("train", "--data", "characters", "--model", f"mlp:{LONG}=1"),
        ("train", "--data", "characters", "--model", "mlp", "--optimizer", f"sgd:momentum={LONG}"),
        ("train", "--data", "characters", "--model", "mlp", "--epochs", LONG),
        ("evaluate", LONG),
        ("models", "lenet5", "--input", LONG),
        ("report", "runs", "-o", LONG),
    ],
    ids=lambda command: " ".join(command)[:40],
)
def test_huge_names_are_not_printed_whole(cli, command):
    ended = cli(*command)
    assert ended.code in (2, 4, 6)
    assert ended.out == ""
    assert len(ended.err) < 3 * LONGEST_LINE


def test_a_file_of_wrong_keys_is_told_in_a_page(cli):
    """60,000 of them were 17.7 MB of errors."""
    keys = "".join(f"k{number} = 1\n" for number in range(6_000))
    Path("big.toml").write_text(f'data = "characters"\nmodel = "mlp"\n{keys}')
    ended = cli("train", "big.toml")
    assert (ended.code, len(ended.lines)) == (2, MOST_LINES + 1)
    assert ended.lines[-1] == "thumblab: and 5,980 more"
    assert len(ended.err) < 20_000
