import errno
import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL, finished, start
from thumblab.cli.progress import Bar, Clock, Lines, epoch_words, reporter
from thumblab.cli.training import _ahead
from thumblab.runs import Run
from thumblab.training import Epoch, Progress

EPOCH = Epoch(2, 5, 0.1, 1.23456, 0.5, 2.0, 0.25, Run(Path("run")))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def after(step, epoch=None):
    return Progress(step, 10, 1.5, 0.5, 1000.0, Run(Path("run")), epoch)


def test_an_epoch_is_told_with_percent():
    assert epoch_words(EPOCH) == "epoch 2/5  train 1.2346 50.00 %  validation 2.0000 25.00 %"
    assert "validation (trained on) 2.0000" in epoch_words(replace(EPOCH, seen=True))


def test_what_lasts_behind_the_last_step_is_said_before():
    last = Progress(10, 10, 1.5, 0.5, 1000.0, Run(Path("run")), EPOCH, to_predict=600_000)
    assert _ahead(last) == "predicting 600,000 images, with those of TTA; about 3:20"
    assert not _ahead(replace(last, to_predict=6_000))
    assert not _ahead(replace(last, to_predict=0))


def test_without_a_terminal_an_epoch_is_a_plain_line(tmp_path):
    ended = finished(start("train", *SMALL, "--epochs", "2", folder=tmp_path, LANG="C", LC_ALL="C"))
    assert ended.code == 0
    plain = [line for line in ended.lines if not line.startswith("thumblab: ")]  # warnings aside
    assert len(plain) == 4  # the data, the run, and an epoch each
    form = (
        r"epoch {}/2  train \d\.\d{{4}} +\d+\.\d\d %  validation .* [\d,]+ images/s  \d+:\d\d left"
    )
    for number in (1, 2):
        assert re.fullmatch(form.format(number), ended.lines[number + 1]), ended.lines
    assert ended.err.isascii()
    assert ended.out.splitlines()[0].startswith("run")


@pytest.mark.parametrize(
    ("terminal", "term", "kind"),
    [(True, "xterm", Bar), (True, "dumb", Lines), (True, "", Lines), (False, "xterm", Lines)],
)
def test_a_bar_is_drawn_on_terminals_only(monkeypatch, terminal, term, kind):
    monkeypatch.setattr(sys, "stderr", Terminal() if terminal else io.StringIO())
    monkeypatch.setenv("TERM", term)
    assert isinstance(reporter(5), kind)


@pytest.mark.parametrize("columns", ["200", "40"])
@pytest.mark.parametrize("color", [True, False])
def test_the_bar_shows_steps_pace_and_epochs(monkeypatch, columns, color):
    drawn = Terminal()
    monkeypatch.setattr(sys, "stderr", drawn)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    if not color:
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("thumblab.cli.progress.SECONDS_BETWEEN_DRAWINGS", -1.0)
    with Bar(5) as bar:
        for step in range(1, 5):
            bar.show(after(step, EPOCH if step == 3 else None))
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.getvalue())
    assert "epoch 2/5" in text
    if columns == "200":
        assert "epoch 2/5 step 4/10" in text
        assert "1,000 images/s" in text
        assert re.search(r"\d+:\d\d left", text)
        assert "train 1.2346 50.00 %  validation 2.0000 25.00 %" in text


def test_time_left_is_told_from_this_sessions_steps(monkeypatch):
    times = iter([100.0, 102.0, 110.0])
    monkeypatch.setattr("thumblab.cli.progress.time.monotonic", lambda: next(times))
    clock = Clock()
    assert clock.left(after(4)) == ""
    assert clock.left(after(5)) == "0:10 left"
    assert clock.left(after(9)) == "0:02 left"


def test_a_terminal_that_goes_stops_no_training(monkeypatch):
    class Gone(Terminal):
        def write(self, words):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("thumblab.cli.progress.SECONDS_BETWEEN_DRAWINGS", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Bar(5) as bar:
        bar.show(after(1))
        monkeypatch.setattr(sys, "stderr", Gone())
        bar.say("words")
        bar.show(after(2, EPOCH))
