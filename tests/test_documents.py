"""Code in the documents runs: Python as it stands; commands are read by the command line at least."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from cyclopts.exceptions import MissingArgumentError
from PIL import Image

from thumblab.cli.app import build, main
from thumblab.cli.options import find_plan
from thumblab.experiment.experiment import ENGINE_VERSION

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
SHELL, PYTHON = "sh", "python"

NOT_RUN = {
    r"@dataclass\(frozen=True\)\nclass LeakyReLU": "is in the package: tests/layers/test_leaky_relu.py",
    r"as_strided\(": "is a line of kernels/lowering.py, with the names of its function",
    r"thumblab demo": "trains for a minute; tests/cli runs it",
    r"thumblab train .*(--engine torch|characters|cifar|recipe:)": "needs data or minutes",
    r"thumblab train .*(pictures|my_\w+:|experiment\.toml)": "needs files of the reader's",
    r"thumblab models my_models:": "needs a file of the reader's; the page's own test has it",
    r"thumblab (data|estimate|lr-range-test) .*(--from|--download|cifar|pictures)": "needs data",
    r"thumblab (estimate|lr-range-test|bench|profile|tune|doctor)": "measures for minutes, or the machine",
    r"thumblab (audit|compare|embed|figure|convert|report|evaluate|predict)": "needs a trained run",
    r"thumblab (list|explain)": "is tested in tests/cli",
    r"torchrun ": "starts processes; tests/cli/test_torchrun.py does",
    r"thumblab study ": "trains for minutes; tests/cli/test_study.py runs every command",
    r"python benchmarks/": "measures for minutes",
    r"(python -m )?pip install": "installs",
    r"make ": "is this suite, or starts it",
}
"""What is not run, by how it begins, and why; commands are read by the command line all the same."""

RUN = {
    "thumblab data",
    "thumblab models",
    "thumblab models vgg_like",
    "thumblab models stacked_cnn:widths=32-64,dense=128 --input 3x32x32 --classes 10",
    "thumblab runs",
    "thumblab train mlp --data characters --subset 500 --epochs 2",
    "thumblab train mlp --data characters --subset 500 --epochs 2 --name baseline --note 'before dropout'",
    "thumblab evaluate baseline",
    "thumblab evaluate @last",
    "thumblab report @last -o page.html",
    "thumblab predict @last photograph.jpg",
}
"""Quick commands, which are run; the page itself trains what they need."""

ELSEWHERE = ("my_file:", "my_models:", "my_optimizers:", "experiment.toml")
"""What the reader has, and the suite has not: values that name it are not looked up."""


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in a language, without their indentation."""
    found = FENCED.findall(page.read_text(encoding="utf-8"))
    return [
        re.sub(f"^{indent}", "", text, flags=re.M)
        for indent, kind, text in found
        if kind == language
    ]


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of a page's blocks for a shell."""
    for block in blocks(page, SHELL):
        for line in block.replace("\\\n", " ").splitlines():
            if words := shlex.split(line.removeprefix("$ "), comments=True):
                yield words


def inline(page: Path) -> Iterator[list[str]]:
    """Commands within the text of a page."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for command in re.findall(r"`(thumblab [a-z][^`]*)`", text):
        yield shlex.split(command)


def reason(text: str) -> str | None:
    """Why a block or a command is not run; None if it is to be run."""
    return next((why for what, why in NOT_RUN.items() if re.match(what, text)), None)


def check(words: list[str]) -> None:
    """Fails if the command line does not know the command, an option, or a value."""
    try:
        _, bound, _ = build().parse_args(words, exit_on_error=False, print_error=False)
    except MissingArgumentError:
        return  # of a command that is only named
    except Exception as error:
        pytest.fail(f"thumblab {shlex.join(words)}: {error}")
    options, model = bound.arguments.get("options"), bound.arguments.get("model")
    elsewhere = any(word.startswith(ELSEWHERE) or word == "..." for word in words)
    if words[0] == "train" and (options or model) and not elsewhere:
        find_plan(model, options, None)


def name(page: Path) -> str:
    return page.name


def test_every_language_of_a_block_is_known() -> None:
    for page in PAGES:
        for _, kind, text in FENCED.findall(page.read_text(encoding="utf-8")):
            assert kind in (SHELL, PYTHON, "text", "toml", ""), f"{page.name}: {kind}"
            assert kind or not text.startswith(("thumblab", "import", "from")), page.name


def test_toml_can_be_read() -> None:
    for page in PAGES:
        for text in blocks(page, "toml"):
            assert tomllib.loads(text), page.name


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, PYTHON)], ids=name)
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page follow one another, in a folder of their own; then the tests that they define."""
    monkeypatch.chdir(tmp_path)
    module = ModuleType("document")
    monkeypatch.setitem(sys.modules, "document", module)
    names = vars(module)
    for number, block in enumerate(blocks(page, PYTHON), 1):
        if reason(block) is None:
            exec(compile(block, f"{page.name}, block {number}", "exec", dont_inherit=True), names)
    for test in [thing for name, thing in names.items() if name.startswith("test_")]:
        test()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, SHELL)], ids=name)
def test_commands_exist(page: Path) -> None:
    for words in commands(page):
        if "thumblab" in words[:6]:
            check(words[words.index("thumblab") + 1 :])
        elif words[0] == "python" and words[1] != "-m":
            assert (ROOT / words[1]).exists(), words[1]
        elif words[0] == "make":
            assert re.search(f"^{words[1]}:", (ROOT / "Makefile").read_text(), re.M), words[1]
        else:
            assert reason(shlex.join(words)), f"{page.name}: {shlex.join(words)} is not checked"


@pytest.mark.parametrize("page", [page for page in PAGES if list(inline(page))], ids=name)
def test_commands_within_the_text_exist(page: Path) -> None:
    for _, *words in inline(page):
        check(words)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, SHELL)], ids=name)
def test_quick_commands_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    drawn = np.zeros((28, 28), np.uint8)
    drawn[4:24, 12:16] = 255
    Image.fromarray(drawn).save("photograph.jpg")
    for words in commands(page):
        command = shlex.join(words)
        if command not in RUN or ("@last" in words and not Path("runs").exists()):
            assert reason(command), f"{page.name}: {command} is neither run nor excused"
            continue
        code = main(words[1:])
        assert code == 0, f"{command}: {capfd.readouterr().err}"


def test_nothing_is_excused_that_is_not_there() -> None:
    shown = [block for page in PAGES for block in blocks(page, PYTHON)]
    shown += [shlex.join(words) for page in PAGES for words in commands(page)]
    assert [what for what in NOT_RUN if not any(re.match(what, text) for text in shown)] == []
    assert sorted(RUN - set(shown)) == []


# ----- Links and figures -----


def test_links_lead_to_files() -> None:
    pages = [*PAGES, *(ROOT / "docs" / "api").glob("*.md"), ROOT / "results" / "README.md"]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", FENCED.sub("", page.read_text("utf-8")))
        if not link.startswith(("http:", "https:")) and not (page.parent / link).exists()
    ]
    assert broken == []


def test_every_figure_has_its_command_its_engine_and_its_file() -> None:
    lines = (ROOT / "docs" / "results.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    rows = [row for row in rows if row[0] != "what"]
    assert len(rows) >= 20
    for what, command, result, engine, files in rows:
        assert command.startswith("`"), what
        assert re.search(r"\d", result), what
        assert max(map(int, re.findall(r"(?<!seed )\b\d+\b", engine))) <= ENGINE_VERSION, what
        assert "](../results/" in files, what
