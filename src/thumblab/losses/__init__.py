"""The losses: one file each holds a loss's data, its NumPy rule, its PyTorch twin and its source."""

from thumblab.losses.cross_entropy import CrossEntropy as CrossEntropy
from thumblab.losses.loss import Loss as Loss
from thumblab.losses.loss import objective as objective
from thumblab.losses.loss import torch_loss as torch_loss
