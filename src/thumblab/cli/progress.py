"""How training is shown on standard error: a bar on a terminal, else a line an epoch."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from thumblab.cli.output import Volume, caution, percent, say, speaks, volume
from thumblab.cli.terminal import printable

if TYPE_CHECKING:
    from thumblab.training import Epoch, Progress


SECONDS_BETWEEN_DRAWINGS = 0.1


class Reporter(Protocol):
    """Shows each step."""

    def __enter__(self) -> Reporter: ...

    def __exit__(self, *failure: object) -> None: ...

    def say(self, text: str) -> None:
        """A line of words."""

    def caution(self, text: str) -> None:
        """A warning, which is never left out."""

    def show(self, progress: Progress) -> None:
        """Shows where training stands."""


def reporter(epochs: int) -> Reporter:
    """The one that suits standard error, for a run of so many epochs."""
    heard = sys.stderr is not None and sys.stderr.isatty()
    terminal = heard and os.environ.get("TERM", "") not in ("", "dumb")
    drawn = terminal and speaks() and volume() > Volume.QUIET
    return Bar(epochs) if drawn else Lines()


def epoch_words(epoch: Epoch) -> str:
    """An epoch's figures on a line."""
    text = f"epoch {epoch.number}/{epoch.epochs}  train {epoch.train_loss:.4f}"
    text += f" {percent(epoch.train_accuracy)}"
    if epoch.validation_loss is not None:
        text += f"  {epoch.validation} {epoch.validation_loss:.4f}"
        text += f" {percent(epoch.validation_accuracy)}"
    return text


class Clock:
    """Time left, from the steps that this session has done."""

    def __init__(self) -> None:
        self._begun: tuple[float, int] | None = None

    def left(self, progress: Progress) -> str:
        """Minutes and seconds, or nothing while that cannot be told."""
        now = time.monotonic()
        begun, first = self._begun = self._begun or (now, progress.step)
        done = progress.step - first
        if not done:
            return ""
        seconds = round((now - begun) / done * (progress.steps - progress.step))
        return f"{seconds // 60}:{seconds % 60:02d} left"


class Lines:
    """A plain line for every epoch."""

    def __init__(self) -> None:
        self._clock = Clock()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *failure: object) -> None:
        pass

    def say(self, text: str) -> None:
        """A line of words."""
        say(text)

    def caution(self, text: str) -> None:
        """A warning, which is never left out."""
        caution(text)

    def show(self, progress: Progress) -> None:
        """Says an epoch's figures once it is over."""
        fresh = progress.images_per_second > 0
        left = self._clock.left(progress) if fresh else ""
        if progress.finished is None:
            return
        pace = f"{progress.images_per_second:,.0f} images/s" if fresh else "done before"
        self.say("  ".join(filter(None, (epoch_words(progress.finished), pace, left))))


class Bar:
    """A progress bar, with a line above it for every epoch that is over."""

    def __init__(self, epochs: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._clock, self._epochs = Clock(), epochs
        self._bar: Any = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[figures]}"),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,  # no thread of rich's beside an engine that forks
        )
        self._drawn = 0.0
        self._task: Any = self._bar.add_task("reading", total=None, figures="")

    def __enter__(self) -> Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        with suppress(OSError):  # the terminal may have gone
            self._bar.__exit__(None, None, None)

    def say(self, text: str) -> None:
        """A line above the bar."""
        with suppress(OSError):
            self._bar.console.print(printable(text), highlight=False, markup=False)

    caution = say

    def show(self, progress: Progress) -> None:
        """Moves the bar."""
        if progress.finished is not None:
            self.say(epoch_words(progress.finished))
        if not progress.images_per_second:
            return
        epoch = -(-progress.step * self._epochs // progress.steps)
        figures = (
            f"loss {progress.loss:.3f} {percent(progress.accuracy)} "
            f"{progress.images_per_second:,.0f} images/s {self._clock.left(progress)}"
        )
        self._bar.update(
            self._task,
            description=f"epoch {epoch}/{self._epochs} step {progress.step}/{progress.steps}",
            completed=progress.step,
            total=progress.steps,
            figures=figures,
        )
        if time.monotonic() - self._drawn > SECONDS_BETWEEN_DRAWINGS:
            with suppress(OSError):
                self._bar.refresh()
            self._drawn = time.monotonic()
