"""Training: the loop, the state it moves, and what is tried before it."""

from thumblab.training.feature_data import compute_features as compute_features
from thumblab.training.loop import Epoch as Epoch
from thumblab.training.loop import Progress as Progress
from thumblab.training.loop import steps as steps
from thumblab.training.loop import train as train
