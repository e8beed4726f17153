"""All that knows of Optuna, which is an extra: ``pip install 'thumblab[search]'``."""

from thumblab.study.tuning.storage import open_storage as open_storage
from thumblab.study.tuning.tuner import RunningTrial as RunningTrial
from thumblab.study.tuning.tuner import Tuner as Tuner
