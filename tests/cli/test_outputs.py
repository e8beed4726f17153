"""Every option that names a file to write: folders are refused at once, links are followed."""

import ast
import os
from pathlib import Path

import pytest

import thumblab

WRITERS = {
    "report": ("report", "runs/none", "-o"),
    "bench": ("bench", "--models", "mlp", "--engines", "numpy", "--batch", "16", "--output"),
    "tune": ("tune", "lenet5", "--batch", "16", "--rounds", "1", "-o"),
    "lr-range-test": ("lr-range-test", "--data", "characters", "--model", "mlp", "-o"),
    "embed": ("embed", "runs/none", "--output"),
    "convert": ("convert", "runs/none"),
    "data": ("data", "characters", "-o"),
    "models": ("models", "lenet5", "-o"),
}


@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("name", ["/", ".", "", "folder", "folder.png", "folder.svg"])
def test_folders_and_empty_names_are_refused_before_any_work(cli, command, name):
    for folder in ("folder", "folder.png", "folder.svg"):
        Path(folder).mkdir()
    ended = cli(*command, name)
    assert (ended.code, ended.out, len(ended.lines)) == (2, "", 1)
    assert "folder" in ended.err or "file" in ended.err
    assert "runs/none" not in ended.err


@pytest.mark.parametrize(("verb", "name"), [("data", "sheet.png"), ("models", "drawing.svg")])
def test_a_link_stays_and_what_it_leads_to_is_written(cli, verb, name):
    Path("elsewhere").mkdir()
    Path(name).symlink_to(f"elsewhere/{name}")
    assert cli(*WRITERS[verb], name).code == 0
    assert Path(name).is_symlink()
    assert len(Path("elsewhere", name).read_bytes()) > 1000
    assert os.listdir("elsewhere") == [name]


def test_a_full_device_is_told_and_stays(cli):
    Path("full.svg").symlink_to("/dev/full")
    ended = cli("models", "lenet5", "-o", "full.svg")
    assert ended.code == 6
    assert "full.svg cannot be written (No space left on device)" in ended.err
    assert Path("/dev/full").is_char_device()


def test_nothing_that_a_user_names_is_written_in_another_way():
    """``deliver`` alone writes them; ``files.write`` would replace a device or a link by a file."""
    package = Path(thumblab.__file__).parent
    for path in [*package.glob("cli/*.py"), *package.glob("report/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                function = ast.unparse(node.func)
                wrong = function.endswith((".write_bytes", ".write_text", "files.write"))
                assert not wrong, f"{path.name}:{node.lineno} {function}"
