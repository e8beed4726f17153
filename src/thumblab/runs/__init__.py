"""The folder that a training leaves: what it holds, how it is read, and what is believed of it."""

from thumblab.runs.run import Run as Run
from thumblab.runs.run import find_runs as find_runs
from thumblab.runs.shown import Shown as Shown
