"""How many modules and functions of ours one training enters: what a reader would have to open.

    python benchmarks/entered.py [--list]

Trains one epoch of a small network by the command line, in this process and with one worker, and counts the
modules of thumblab in which a function was called, and these functions, imports left out. --list names them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

import thumblab
from thumblab.cli.app import main as run

PACKAGE = Path(thumblab.__file__).parent
COMMAND = ("train", "--data", "characters", "--model", "lenet5", "--epochs", "1", "--subset", "500")


def entered(command: tuple[str, ...]) -> dict[str, set[str]]:
    """Names of the functions that a command calls, by module."""
    found: dict[str, set[str]] = defaultdict(set)

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        path = Path(code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE) and not code.co_name.startswith("<"):
            found[path.relative_to(PACKAGE).as_posix()].add(code.co_qualname)

    with tempfile.TemporaryDirectory() as folder:
        code = run([*command, "--workers", "1", "--runs", f"{folder}/imports"])
        sys.setprofile(watch)
        try:
            code = code or run([*command, "--workers", "1", "--runs", folder])
        finally:
            sys.setprofile(None)
    if code:
        raise SystemExit(code)
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="name them")
    listed = parser.parse_args().list
    found = entered(COMMAND)
    if listed:
        for module, functions in sorted(found.items()):
            print(f"{module}: {', '.join(sorted(functions))}")
    print(f"{len(found)} modules, {sum(map(len, found.values()))} functions")


if __name__ == "__main__":
    main()
