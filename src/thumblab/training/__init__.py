"""Experiments, the loop that trains them, and the folders they leave behind."""

from thumblab.training.evaluate import Evaluation as Evaluation
from thumblab.training.evaluate import classify as classify
from thumblab.training.evaluate import evaluate as evaluate
from thumblab.training.experiment import Experiment as Experiment
from thumblab.training.runs import Run as Run
from thumblab.training.runs import find_runs as find_runs
from thumblab.training.train import Epoch as Epoch
from thumblab.training.train import Progress as Progress
from thumblab.training.train import steps as steps
from thumblab.training.train import train as train
