"""The rows of ``make matrix``: what they are run with, and why some cannot be run."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "matrix"


@pytest.fixture(scope="module")
def matrix() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            sys.modules, "matrix", type(sys)("matrix")
        )  # dataclasses look their module up
        return runpy.run_path(str(SCRIPT), run_name="matrix")


def test_rows_unset_what_the_machine_sets(
    matrix: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "512")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    told = matrix["environment"]({"OPENBLAS_CORETYPE": "Zen"})
    assert told["OPENBLAS_CORETYPE"] == "Zen"
    assert "OPENBLAS_L2_SIZE" not in told


def test_the_lowest_versions_are_those_of_the_project(matrix: dict[str, Any]) -> None:
    project = {
        "dependencies": ["numpy>=2.2", "rich>=13.7"],
        "optional-dependencies": {"dev": ["pytest>=8.3", "ruff>=0.12"], "torch": ["torch>=2.10"]},
    }
    assert matrix["lowest"](project) == ["numpy==2.2", "rich==13.7", "pytest==8.3"]


def test_a_row_that_cannot_be_run_is_skipped_and_says_why(
    matrix: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = matrix["Row"]("python-9.9", without="no interpreter of Python 9.9 was found")
    told = matrix["main"].__globals__
    monkeypatch.setitem(told, "rows", lambda: iter([row]))
    monkeypatch.setitem(told, "copied", lambda tree: None)
    monkeypatch.setattr(sys, "argv", ["matrix", "python", "--json", str(tmp_path / "rows.json")])
    assert matrix["main"]() == 0
    assert capsys.readouterr().out.split() == ["skipped", "python-9.9", *row.without.split()]
    (found,) = json.loads((tmp_path / "rows.json").read_text())
    assert (found["outcome"], found["reason"]) == ("skipped", row.without)
