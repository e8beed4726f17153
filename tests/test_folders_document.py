"""``docs/your-own-pictures.md`` shows what the commands say of these folders now."""

import re
import sys
from pathlib import Path

import pytest
from scripts.example_folders import EXAMPLES
from scripts.show_folders import lay, tree

from thumblab.cli.app import main

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "your-own-pictures.md").read_text(encoding="utf-8")
QUICK = [name for name in EXAMPLES if name != "phone"]  # large pictures take their time


def block(name: str) -> str:
    """What the page has between the marks of a name."""
    found = re.search(f"<!-- {name}: begin -->\n(.*?)\n<!-- {name}: end -->", PAGE, re.DOTALL)
    assert found is not None, f"the page has no mark {name}"
    return found[1]


@pytest.mark.parametrize("name", QUICK)
def test_an_example_is_what_the_command_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Lines of both streams, in whatever order they came; run python -m scripts.show_folders."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    example = EXAMPLES[name]
    lay(tmp_path / "pets", example.make())
    lines = tree(tmp_path / "pets").splitlines()
    for command in example.commands:
        capfd.readouterr()
        code = main(command.split()[1:])
        told = capfd.readouterr()
        lines += [f"$ {command}", *told.err.splitlines(), *told.out.splitlines()]
        lines += [f"(exit code {code})"] if code else []
    wanted = block(name).removeprefix("```text\n").removesuffix("\n```").splitlines()
    assert [line for line in wanted if line] == [line for line in lines if line]


def test_the_page_shows_every_example_and_the_whole_way() -> None:
    names = set(re.findall(r"<!-- ([\w-]+): begin -->", PAGE))
    assert names == {*EXAMPLES, "way"}
    assert "$ thumblab predict runs/" in block("way")
