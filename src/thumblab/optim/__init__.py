"""Optimizers and schedules: one file each, with the formula, both engines' rules and the source."""

from thumblab.optim.adam import Adam as Adam
from thumblab.optim.adamw import AdamW as AdamW
from thumblab.optim.optimizer import Optimizer as Optimizer
from thumblab.optim.optimizer import torch_optimizer as torch_optimizer
from thumblab.optim.optimizer import update as update
from thumblab.optim.schedule import Constant as Constant
from thumblab.optim.schedule import Cosine as Cosine
from thumblab.optim.schedule import OneCycle as OneCycle
from thumblab.optim.schedule import Schedule as Schedule
from thumblab.optim.schedule import Step as Step
from thumblab.optim.schedule import Warmup as Warmup
from thumblab.optim.schedule import rate_at as rate_at
from thumblab.optim.sgd import SGD as SGD
