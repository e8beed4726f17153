"""Optimizers and schedules: one file each, with the formula, both engines' rules and the source.

Left out: gradients of gradients, line searches, sparse gradients.
"""

from thumblab.optim.adagrad import Adagrad as Adagrad
from thumblab.optim.adam import Adam as Adam
from thumblab.optim.adamax import Adamax as Adamax
from thumblab.optim.adamw import AdamW as AdamW
from thumblab.optim.clipped import Clipped as Clipped
from thumblab.optim.denormal import flush as flush
from thumblab.optim.ema import EMA as EMA
from thumblab.optim.grouped import Grouped as Grouped
from thumblab.optim.lookahead import Lookahead as Lookahead
from thumblab.optim.muon import Muon as Muon
from thumblab.optim.nadam import Nadam as Nadam
from thumblab.optim.optimizer import Optimizer as Optimizer
from thumblab.optim.optimizer import Share as Share
from thumblab.optim.optimizer import advance as advance
from thumblab.optim.optimizer import elementwise as elementwise
from thumblab.optim.optimizer import move as move
from thumblab.optim.optimizer import set_learning_rate as set_learning_rate
from thumblab.optim.optimizer import torch_optimizer as torch_optimizer
from thumblab.optim.optimizer import update as update
from thumblab.optim.pattern import names_of as names_of
from thumblab.optim.pattern import resolve as resolve
from thumblab.optim.rmsprop import RMSprop as RMSprop
from thumblab.optim.schedule import Constant as Constant
from thumblab.optim.schedule import Cosine as Cosine
from thumblab.optim.schedule import OneCycle as OneCycle
from thumblab.optim.schedule import Schedule as Schedule
from thumblab.optim.schedule import Step as Step
from thumblab.optim.schedule import Warmup as Warmup
from thumblab.optim.schedule import learning_rate_after as learning_rate_after
from thumblab.optim.schedule import learning_rate_at as learning_rate_at
from thumblab.optim.selective_decay import SelectiveDecay as SelectiveDecay
from thumblab.optim.sgd import SGD as SGD
from thumblab.optim.shares import shares as shares
from thumblab.optim.wrapper import with_learning_rate as with_learning_rate
