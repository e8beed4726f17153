import errno
import subprocess
import sys

import pytest

from thumblab.core.faults import fault


def test_nothing_happens_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THUMBLAB_FAULT", raising=False)
    fault("checkpoint.written")
    monkeypatch.setenv("THUMBLAB_FAULT", "checkpoint.written:full")
    fault("checkpoint.half")


def test_a_full_disk_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THUMBLAB_FAULT", "checkpoint.written:full")
    with pytest.raises(OSError, match="No space left on device") as caught:
        fault("checkpoint.written")
    assert caught.value.errno == errno.ENOSPC


def test_exit_ends_the_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THUMBLAB_FAULT", "here:exit")
    script = """
from thumblab.core.faults import fault
try:
    fault("here")
finally:
    print("cleaned up")
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (137, b"")
