import time
from contextlib import suppress

import pytest

from thumblab.training.clock import Clock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    told = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: told[0])
    return told


def test_it_counts_on_top_of_what_was_before(now: list[float]) -> None:
    clock = Clock()
    now[0] += 2
    assert clock.seconds == 2
    clock.before = 40.0
    now[0] += 1
    assert clock.seconds == 43


def test_a_pause_does_not_count(now: list[float]) -> None:
    clock = Clock()
    now[0] += 2
    with suppress(GeneratorExit), clock.paused():
        now[0] += 1000
        raise GeneratorExit
    now[0] += 1
    assert clock.seconds == 3
