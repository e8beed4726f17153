"""How a search that runs is shown: trials done, the best so far, and the time left."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from thumblab.cli.output import caution, percent, say
from thumblab.cli.study.options import StudyOptions

if TYPE_CHECKING:
    from thumblab.cli.stopping import Stop
    from thumblab.study import Study, TrialEvent

SECONDS_BETWEEN_LINES = 15.0


def make_trials(
    study: Study, options: StudyOptions, stop: Stop, storage: str | None = None
) -> None:
    """Makes the trials that a study lacks, until a signal comes, and says a line for each that ends."""
    from thumblab.study import run_search

    events = run_search(
        study,
        runs=options.folder,
        root=options.from_,
        storage=storage,
        should_stop=lambda: bool(stop.number),
    )
    with closing(events):
        shown = Trials()
        for event in events:
            shown.show(event)
    if stop.number:
        say("stopped: trials that are done are kept")


class Trials:
    """Says what happens in a search."""

    def __init__(self) -> None:
        self._began = self._last_line = time.monotonic()
        self._before: int | None = None

    def show(self, event: TrialEvent) -> None:
        """A line for each trial that ends, and now and then one for an epoch."""
        now = time.monotonic()
        name = f"{event.arm}, trial {event.number}"
        if self._before is None:
            self._before = event.done
        if event.kind == "began":
            return
        if event.kind == "epoch":
            if now - self._last_line > SECONDS_BETWEEN_LINES:
                say(f"{name}: epoch {event.epoch} of {event.epochs}, {percent(event.accuracy)}")
                self._last_line = now
            return
        self._last_line = now
        if event.kind in ("diverged", "failed"):
            caution(f"thumblab: {name}: {event.kind}: {event.message}")
        result = percent(event.accuracy)
        outcome = result if event.kind == "done" else f"{event.kind}, {result}"
        tried = ", ".join(f"{path}={value}" for path, value in event.settings.items())
        count = f"{event.done} of {event.trials}{self._time_left(event)}"
        say(f"{name}: {outcome} by {tried}; best {percent(event.best)}  ({count})")

    def _time_left(self, event: TrialEvent) -> str:
        from thumblab.core.text import duration

        left, made = event.trials - event.done, event.done - (self._before or 0)
        seconds = (time.monotonic() - self._began) * left / max(made, 1)  # with what others make
        return f", {duration(seconds)} left" if left else ""
