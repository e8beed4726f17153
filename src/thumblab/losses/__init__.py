"""The losses: one file each holds a loss's data, its NumPy rule, its PyTorch twin and its source."""

from thumblab.losses.balance import EffectiveNumber as EffectiveNumber
from thumblab.losses.balance import InverseFrequency as InverseFrequency
from thumblab.losses.balance import Weighting as Weighting
from thumblab.losses.balance import class_weights as class_weights
from thumblab.losses.cross_entropy import CrossEntropy as CrossEntropy
from thumblab.losses.cross_entropy import plain_cross_entropy as plain_cross_entropy
from thumblab.losses.focal import Focal as Focal
from thumblab.losses.hierarchical import Hierarchical as Hierarchical
from thumblab.losses.loss import Loss as Loss
from thumblab.losses.loss import LossContext as LossContext
from thumblab.losses.loss import loss_and_grad as loss_and_grad
from thumblab.losses.loss import resolve as resolve
from thumblab.losses.loss import torch_loss as torch_loss
from thumblab.losses.mean_squared import MeanSquared as MeanSquared
from thumblab.losses.soft_targets import SoftTargets as SoftTargets
