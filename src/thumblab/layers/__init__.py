"""The layers: one file each holds a layer's data, its NumPy rules and its PyTorch twin.

Two containers, ``Sequential`` and ``Parallel``, are the only control flow. What they cannot say
(attention, a fusion block) is a leaf. Shared weights, recurrence and dynamic depth cannot be said.
"""

from thumblab.layers.avg_pool import AvgPool as AvgPool
from thumblab.layers.batch_norm import BatchNorm as BatchNorm
from thumblab.layers.conv import Conv as Conv
from thumblab.layers.dense import Dense as Dense
from thumblab.layers.dropout import Dropout as Dropout
from thumblab.layers.flatten import Flatten as Flatten
from thumblab.layers.global_avg_pool import GlobalAvgPool as GlobalAvgPool
from thumblab.layers.identity import Identity as Identity
from thumblab.layers.max_pool import MaxPool as MaxPool
from thumblab.layers.parallel import Parallel as Parallel
from thumblab.layers.parallel import residual as residual
from thumblab.layers.relu import ReLU as ReLU
from thumblab.layers.sequential import Sequential as Sequential
