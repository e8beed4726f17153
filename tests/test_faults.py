"""The table of faults leads to tests that exist, and to bugs that can be seeded to prove them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ROWS = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", (TESTS / "faults.md").read_text(), re.MULTILINE)
KINDS = 56
OF_TESTS = {44, 52}
"""Kinds of faults in tests themselves, and in how they are run: no bug puts them back."""


def check_exists(test: str, where: object) -> None:
    """Checks that there is a test called ``file::name[parameters]`` below the folder of tests."""
    file, _, name = test.partition("::")
    assert (TESTS / file).is_file(), (where, file)
    text = (TESTS / file).read_text()
    assert not name or f"def {name.partition('[')[0]}(" in text, (where, name)
    assert "def test_" in text


def test_every_kind_has_tests_and_every_test_exists() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, KINDS + 1))
    for number, named in ROWS:
        for test in named.split(", "):
            check_exists(test, number)


@pytest.fixture
def bugs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All that ``scripts/mutate`` seeds."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    names = ("seeded_bugs", "seeded_faults", "seeded_runs", "seeded_audit")
    bugs, faults, runs, audit = map(importlib.import_module, names)
    return [*bugs.BUGS, *faults.FAULTS, *runs.RUNS, *audit.AUDIT]


def test_every_kind_has_a_bug_for_each_of_its_tests(bugs: list[Any]) -> None:
    for number, named in ROWS:
        if int(number) in OF_TESTS:
            continue
        own = [bug for bug in bugs if bug.name.startswith(f"kind {number}: ")]
        noticing = {test.partition("[")[0] for bug in own for test in bug.tests}
        files = {test.partition("::")[0] for test in noticing}
        for test in named.split(", "):
            assert f"tests/{test}" in (noticing if "::" in test else files), (number, test)


def test_every_bug_can_be_seeded(bugs: list[Any]) -> None:
    """The text that a bug replaces stands in the code; the script would end with the first that does not."""
    assert len({bug.name for bug in bugs}) == len(bugs)
    for bug in bugs:
        text = (ROOT / "src" / "thumblab" / bug.file).read_text()
        assert text.count(bug.old) == 1, bug.name
        for test in bug.tests:
            check_exists(test.removeprefix("tests/"), bug.name)
