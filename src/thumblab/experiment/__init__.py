"""The values that identify one training: a run is named by them and by its data, and by nothing else."""

from thumblab.experiment.early_stopping import EarlyStopping as EarlyStopping
from thumblab.experiment.early_stopping import StopRule as StopRule
from thumblab.experiment.experiment import Experiment as Experiment
from thumblab.experiment.lr_plateau import OnPlateau as OnPlateau
from thumblab.experiment.lr_plateau import Reduction as Reduction
from thumblab.experiment.pretrained import Start as Start
from thumblab.experiment.pretrained import Weights as Weights
from thumblab.experiment.tta import Flips as Flips
from thumblab.experiment.tta import FlipShift as FlipShift
from thumblab.experiment.tta import RotateScale as RotateScale
from thumblab.experiment.tta import Shifts as Shifts
from thumblab.experiment.tta import Views as Views
