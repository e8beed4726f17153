"""The values that identify one training: a run is named by them and by its data, and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thumblab.core import renamed
from thumblab.experiment.early_stopping import EarlyStopping as EarlyStopping
from thumblab.experiment.early_stopping import StopRule as StopRule
from thumblab.experiment.experiment import Experiment as Experiment
from thumblab.experiment.lr_plateau import ReduceOnPlateau as ReduceOnPlateau
from thumblab.experiment.lr_plateau import Reduction as Reduction
from thumblab.experiment.pretrained import InitFrom as InitFrom
from thumblab.experiment.pretrained import Pretrained as Pretrained
from thumblab.experiment.tta import TTA as TTA
from thumblab.experiment.tta import Flips as Flips
from thumblab.experiment.tta import FlipShift as FlipShift
from thumblab.experiment.tta import RotateScale as RotateScale
from thumblab.experiment.tta import Shifts as Shifts
from thumblab.experiment.tta import View as View

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Classes under the names that they had before 0.2."""
        return renamed.find(__name__, name)
