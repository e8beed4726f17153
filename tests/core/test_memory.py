from __future__ import annotations

from pathlib import Path

import pytest

from thumblab.core import memory
from thumblab.core.errors import OutOfMemoryError
from thumblab.core.memory import asked, available, out_of_memory, smaller_batch

GIB = 2**30


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Unable to allocate 1.50 GiB for an array with shape (3,)", 3 * GIB // 2),
        ("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4096 bytes.", 4096),
        ("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has", 2 * GIB),
        ("in worker 1: MemoryError: 1,024 MiB cannot be had", GIB),
        ("no thread can be started", 0),
        ("", 0),
    ],
)
def test_messages_say_how_much_was_asked_for(said: str, wanted: int) -> None:
    assert asked(said) == wanted


@pytest.mark.parametrize(
    ("samples", "wanted", "there", "batch"),
    [
        (512, 10 * GIB, 5 * GIB, 256),
        (512, 10 * GIB, 1 * GIB, 51),
        (512, 10 * GIB, 9 * GIB, 256),  # the pass was not over, so its share tells too little
        (512, 10 * GIB, 20 * GIB, 256),
        (512, 10 * GIB, None, 256),
        (512, 0, 0, 256),
        (3, 10, 1, 0),
        (1, 0, None, 0),
    ],
)
def test_a_batch_that_might_fit_is_half_or_less(
    samples: int, wanted: int, there: int | None, batch: int
) -> None:
    assert smaller_batch(samples, wanted, there) == batch


def test_what_is_there_is_the_least_of_what_the_system_and_the_limits_leave(tmp_path: Path) -> None:
    assert available(tmp_path) is None
    written(tmp_path, {"proc/meminfo": "MemTotal: 9 kB\nMemAvailable:    8388608 kB\n"})
    assert available(tmp_path) == 8 * GIB
    limits = "Limit  Soft Limit  Hard Limit  Units\nMax address space  {}  unlimited  bytes\n"
    written(tmp_path, {"proc/self/limits": limits.format("unlimited"), "proc/self/statm": "0 0 0"})
    assert available(tmp_path) == 8 * GIB
    written(tmp_path, {"proc/self/limits": limits.format(6 * GIB)})
    assert available(tmp_path) == 6 * GIB
    first = "sys/fs/cgroup/memory/memory."
    written(
        tmp_path, {f"{first}limit_in_bytes": f"{7 * GIB}", f"{first}usage_in_bytes": f"{3 * GIB}"}
    )
    assert available(tmp_path) == 4 * GIB
    second = "sys/fs/cgroup/memory."
    written(tmp_path, {f"{second}max": "max", f"{second}current": "1"})
    assert available(tmp_path) == 4 * GIB
    written(tmp_path, {f"{second}max": f"{GIB}", f"{second}current": f"{2 * GIB}"})
    assert available(tmp_path) == 0


def test_the_error_says_what_was_asked_and_what_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: GIB)
    error = out_of_memory(MemoryError("Unable to allocate 3.00 GiB for x\nand more"), 512, GIB)
    assert isinstance(error, OutOfMemoryError)
    assert isinstance(error, MemoryError)
    assert (error.exit_code, str(error)) == (
        7,
        "out of memory: 512 samples cannot be trained on at a time (Unable to allocate 3.00 GiB for x); "
        "try a batch of 256",
    )
    assert str(out_of_memory(MemoryError("3.00 GiB"), 512)).endswith("try a batch of 170")
    one = out_of_memory(MemoryError(), 1, done="predicted")
    assert "1 samples cannot be predicted at a time" in str(one)
    assert str(one).endswith("take smaller images or a smaller network")
