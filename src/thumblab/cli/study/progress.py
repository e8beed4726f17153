"""How a study that runs is shown: cells done and under way, and the time left."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from thumblab.cli.output import caution, percent, say

if TYPE_CHECKING:
    from thumblab.study import Event, Study

SECONDS_BETWEEN_LINES = 15.0


class Progress:
    """Tells what happens, a line for each run that ends; a context manager."""

    def __init__(self, study: Study, runs: Path) -> None:
        self._study, self._runs = study, runs
        self._names: dict[str, str] = {}
        self._left = self._total = 0
        self._begun: dict[str, float] = {}
        self._took: list[float] = []
        self._at_once = 1
        self._printed = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *failure: object) -> None:
        pass

    def show(self, event: Event) -> None:
        """Says what has happened."""
        if not self._names:
            self._count()
        now = time.monotonic()
        name = self._names.get(event.cell, event.cell)
        if event.kind == "began":
            self._begun[event.cell] = now
            self._at_once = max(self._at_once, len(self._begun))
        elif event.kind in ("done", "diverged"):
            self._left = max(self._left - 1, 0)
            if event.cell in self._begun:
                self._took.append(now - self._begun.pop(event.cell))
            result = percent(event.accuracy) if event.kind == "done" else event.message
            line = f"{name}: {event.kind}, {result}"
            say(f"{line}  ({self._total - self._left} of {self._total}{self._time_left()})")
            self._printed = now
        elif event.kind == "epoch":
            if now - self._printed > SECONDS_BETWEEN_LINES:
                pace = f"{event.images_per_second:,.0f} images/s"
                say(
                    f"{name}: epoch {event.epoch} of {event.epochs}, {percent(event.accuracy)}, {pace}"
                )
                self._printed = now
        else:
            self._begun.pop(event.cell, None)
            caution("thumblab: " + ": ".join(filter(None, (name, event.kind, event.message))))

    def _count(self) -> None:
        """The runs by name, once the study is locked."""
        from thumblab.study import status

        every = status(self._study, self._runs)
        self._names = {each.name: f"{each.arm}, seed {each.seed}" for each in every}
        self._total = len(every)
        self._left = sum(each.status not in ("done", "diverged") for each in every)

    def _time_left(self) -> str:
        if not self._took or not self._left:
            return ""
        from thumblab.core.text import duration

        seconds = fmean(self._took) * self._left / self._at_once
        return f", {duration(seconds)} left"
