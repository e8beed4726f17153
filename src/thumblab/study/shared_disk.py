"""Whether a folder can be shared by workers: files that one of many makes, and names that move in one step.

Network file systems without them would give a cell to two workers, or show a result in part.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from thumblab.core.errors import UsageError

ROUNDS = 50
_known: set[int] = set()
"""File systems that have passed."""
_RACE = """
import os, sys
folder, rounds = sys.argv[1], int(sys.argv[2])
won = 0
sys.stdin.readline()
for number in range(rounds):
    try:
        os.close(os.open(os.path.join(folder, f"made-{number}"), os.O_CREAT | os.O_EXCL | os.O_RDWR))
        won += 1
    except FileExistsError:
        pass
    try:
        os.rename(
            os.path.join(folder, f"full-{number}-{sys.argv[3]}"),
            os.path.join(folder, f"moved-{number}")
        )
        won += 1000
    except OSError:
        pass
print(won)
"""


def check_shared(folder: Path) -> None:
    """Two processes race for files that may be made once and for folders that may be moved to one name.

    A process asks this once of each file system.

    Raises:
        UsageError: If both of them won one, or neither: workers cannot share the folder.
    """
    with suppress(OSError):
        if folder.stat().st_dev in _known:
            return
    place = folder / f".race.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        place.mkdir(parents=True)
        for number in range(ROUNDS):
            for rank in range(2):
                (place / f"full-{number}-{rank}" / "content").mkdir(parents=True)
        made, moved = _race(place)
    except OSError as error:
        raise UsageError(
            f"{folder} is no folder that workers can share ({error.strerror or error}); choose another, or "
            "run the study in shards, each with a folder of its own, and merge them",
            remedies=("runs",),
        ) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(place)
    if (made, moved) != (ROUNDS, ROUNDS):
        raise UsageError(
            f"{folder} is on a file system that workers cannot share: of {ROUNDS} files that one may make, "
            f"and {ROUNDS} folders that one may move, two processes have had {made} and {moved}; choose a "
            "local folder, or run the study in shards, each with a folder of its own, and merge them",
            remedies=("runs",),
        )
    _known.add(folder.stat().st_dev)


def _race(place: Path) -> tuple[int, int]:
    """How many files, and how many folders, two processes have won together."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-S", "-c", _RACE, str(place), str(ROUNDS), str(rank)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(racer.communicate()[0] or 0) for racer in racers]
    return sum(each % 1000 for each in won), sum(each // 1000 for each in won)
