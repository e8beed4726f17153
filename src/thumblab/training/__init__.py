"""Experiments, the loop that trains them, and the folders they leave behind."""

from thumblab.training.ensemble import evaluate_ensemble as evaluate_ensemble
from thumblab.training.evaluate import Evaluation as Evaluation
from thumblab.training.evaluate import evaluate as evaluate
from thumblab.training.experiment import Experiment as Experiment
from thumblab.training.feature_data import compute_features as compute_features
from thumblab.training.predict import classify as classify
from thumblab.training.reduce import OnPlateau as OnPlateau
from thumblab.training.reduce import Reduction as Reduction
from thumblab.training.runs import Run as Run
from thumblab.training.runs import find_runs as find_runs
from thumblab.training.start import Start as Start
from thumblab.training.start import Weights as Weights
from thumblab.training.stop import EarlyStopping as EarlyStopping
from thumblab.training.stop import StopRule as StopRule
from thumblab.training.train import Epoch as Epoch
from thumblab.training.train import Progress as Progress
from thumblab.training.train import steps as steps
from thumblab.training.train import train as train
from thumblab.training.views import Flips as Flips
from thumblab.training.views import FlipShift as FlipShift
from thumblab.training.views import RotateScale as RotateScale
from thumblab.training.views import Shifts as Shifts
from thumblab.training.views import Views as Views
