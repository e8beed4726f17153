"""Writes the examples of docs/your-own-pictures.md: folders as people have them, and what is said of them.

    python -m scripts.show_folders

makes each folder of ``example_folders`` anew in a temporary place, runs the commands there, and puts tree and
output between the marks of the page. Accuracies and times are those of the machine it runs on.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.example_folders import EXAMPLES, WAY, Example, Files

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "your-own-pictures.md"
MOST_IN_TREE = 3


def tree(folder: Path) -> str:
    """The folder's tree; of many pictures in one folder some are shown."""
    lines = []

    def below(at: Path, indent: str) -> None:
        entries = sorted(at.iterdir())
        files = [entry for entry in entries if entry.is_file()]
        hidden = files[MOST_IN_TREE - 1 : -1] if len(files) > MOST_IN_TREE + 1 else []
        for entry in entries:
            if hidden and entry == hidden[0]:
                lines.append(f"{indent}... {len(hidden)} more")
            if entry not in hidden:
                lines.append(f"{indent}{entry.name}" + ("/" if entry.is_dir() else ""))
            if entry.is_dir():
                below(entry, indent + "    ")

    below(folder, "    ")
    return "\n".join([f"{folder.name}/", *lines])


def lay(folder: Path, files: Files) -> None:
    """Writes the files."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def run(command: str, folder: Path) -> str:
    """What a command prints, both streams as they come."""
    arguments = []
    for word in command.split():
        matching = sorted(folder.glob(word)) if "?" in word else []
        arguments += [str(path.relative_to(folder)) for path in matching] or [word]
    ended = subprocess.run(
        [sys.executable, "-m", "thumblab", *arguments[1:]],
        cwd=folder,
        env={
            **os.environ,
            "TERM": "dumb",
            "COLUMNS": "110",
            "XDG_CACHE_HOME": str(folder / "cache"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    ending = "" if ended.returncode == 0 else f"\n(exit code {ended.returncode})"
    return f"$ {' '.join(arguments)}\n{ended.stdout.rstrip()}{ending}"


def shown(example: Example) -> str:
    """Tree and outputs as a block of the page."""
    with tempfile.TemporaryDirectory() as place:
        pets = Path(place, "pets")
        lay(pets, example.make())
        text = [tree(pets), *(run(command, Path(place)) for command in example.commands)]
    return "```text\n" + "\n\n".join(text) + "\n```"


def shown_way() -> str:
    """The way from a folder to a prediction."""
    with tempfile.TemporaryDirectory() as place:
        lay(Path(place), WAY.make())
        text = [tree(path) for path in sorted(Path(place).iterdir())]
        text += [run(command, Path(place)) for command in WAY.commands]
    return "```text\n" + "\n\n".join(text) + "\n```"


def replaced(page: str, name: str, block: str) -> str:
    """The page with ``block`` between the marks of ``name``."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in page:
        raise SystemExit(f"{PAGE.name} has no mark {begin}")
    return re.sub(
        f"{re.escape(begin)}.*?{re.escape(end)}",
        lambda _: f"{begin}\n{block}\n{end}",
        page,
        flags=re.DOTALL,
    )


def main() -> None:
    """Writes every block."""
    page = PAGE.read_text(encoding="utf-8")
    for name, example in EXAMPLES.items():
        page = replaced(page, name, shown(example))
    page = replaced(page, "way", shown_way())
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
