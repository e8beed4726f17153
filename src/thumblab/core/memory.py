"""What to do where memory has run out: how many samples at a time might fit."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from thumblab.core.errors import OutOfMemoryError

UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50, "EiB": 2**60}
ASKED = re.compile(r"([\d,.]+) (?:bytes|([KMGTPE]iB|B))\b")
"""How NumPy, PyTorch and this package say how much they wanted."""


def out_of_memory(
    error: MemoryError, samples: int, held: int = 0, *, done: str = "trained on"
) -> OutOfMemoryError:
    """The error for ``samples`` at a time that did not fit, with a number that might.

    Args:
        error: What said so.
        samples: Of the batch.
        held: Bytes that the pass had already when it was refused more.
        done: What was to be done with the samples.
    """
    message = str(error).partition("\n")[0] or "the system has no more"
    begin = f"out of memory: {samples} samples cannot be {done} at a time ({message})"
    there = available()
    fewer = smaller_batch(samples, held + asked(message), None if there is None else held + there)
    if fewer < 1:
        return OutOfMemoryError(f"{begin}, nor fewer; take smaller images or a smaller network")
    return OutOfMemoryError(f"{begin}; try a batch of {fewer}")


def smaller_batch(samples: int, wanted: int, there: int | None) -> int:
    """A batch that might fit: half, or as many as the bytes that are there have room for, if fewer.

    0 if a single sample is too much.

    >>> smaller_batch(512, wanted=40, there=10), smaller_batch(512, wanted=40, there=39)
    (128, 256)
    """
    half = samples // 2
    if there is None or wanted <= there:
        return half
    return min(half, samples * there // wanted)


def asked(message: str) -> int:
    """Bytes that an error message says were wanted; 0 if it says nothing of the kind.

    >>> asked("Unable to allocate 1.50 GiB for an array"), asked("you tried to allocate 4096 bytes.")
    (1610612736, 4096)
    """
    found = ASKED.search(message)
    if found is None:
        return 0
    return int(float(found[1].replace(",", "").rstrip(".")) * UNITS[found[2] or "B"])


def available(root: Path = Path("/")) -> int | None:
    """Bytes that this process might still have; None where the system does not say.

    The least of what is free, what the process' own limit leaves, and what that of its control group does;
    ``root`` is where ``/proc`` and ``/sys`` are found.
    """
    return min(_left(root), default=None)


def _left(root: Path) -> Iterator[int]:
    with suppress(OSError, ValueError, LookupError):
        lines = (root / "proc/meminfo").read_text().splitlines()
        free = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
        yield 1024 * int(free["MemAvailable"][0])
    with suppress(OSError, ValueError, LookupError):
        lines = (root / "proc/self/limits").read_text().splitlines()
        (limit,) = (line.split()[3] for line in lines if line.startswith("Max address space"))
        pages = int((root / "proc/self/statm").read_text().split()[0])
        yield max(0, int(limit) - pages * mmap.PAGESIZE)  # "unlimited" is no number
    for limited, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        groups = root / "sys/fs/cgroup"
        with suppress(OSError, ValueError):  # "max" is no number
            most, taken = (int((groups / name).read_text()) for name in (limited, used))
            yield max(0, most - taken)
