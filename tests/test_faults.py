"""The table of faults leads to tests that exist: every number once, every test by its name."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
ROWS = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", (TESTS / "faults.md").read_text(), re.MULTILINE)
KINDS = 56


def test_every_kind_has_tests_and_every_test_exists() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, KINDS + 1))
    for number, named in ROWS:
        for test in named.split(", "):
            file, _, name = test.partition("::")
            assert (TESTS / file).is_file(), (number, file)
            text = (TESTS / file).read_text()
            assert not name or f"def {name}(" in text, (number, name)
            assert "def test_" in text
