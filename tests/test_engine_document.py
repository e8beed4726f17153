"""``docs/engine.md``: its pictures are what the script draws, its figures what the command measured."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
BEGIN, END = "<!-- gains: begin -->\n", "\n<!-- gains: end -->"
PICTURES = re.findall(r"\]\((\w+)\.svg\)", DOCUMENT)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the script draws now."""
    folder = tmp_path_factory.mktemp("drawn")
    script: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "draw_engine.py"))
    script["Drawing"].save.__globals__["DOCS"] = folder
    for name in PICTURES:
        script[name]()
    return folder


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_the_script_draws(drawn: Path, name: str) -> None:
    assert (ROOT / "docs" / f"{name}.svg").read_text("utf-8") == (drawn / f"{name}.svg").read_text(
        "utf-8"
    ), "run python scripts/draw_engine.py"


def test_files_that_are_named_exist() -> None:
    named = re.findall(r"`((?:kernels|engines)/[\w/]+\.py)`", DOCUMENT)
    assert len(named) >= 10
    assert [name for name in named if not (ROOT / "src" / "thumblab" / name).exists()] == []


def test_the_table_is_what_was_measured() -> None:
    stored = ROOT / "results" / "speed" / "gains.json"
    shown = DOCUMENT.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown
    if stored.exists():
        table = runpy.run_path(str(ROOT / "benchmarks" / "gains.py"))["table"]
        assert shown == table(json.loads(stored.read_text()))
