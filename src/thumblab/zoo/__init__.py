"""Architectures: functions ``f(classes, **arguments) -> Layer``, one file a family.

The package is the registry: a model exists because it is imported here.
"""

from thumblab.zoo.baseline import baseline_cnn as baseline_cnn
from thumblab.zoo.characters import characters_cnn as characters_cnn
from thumblab.zoo.lenet import lenet5 as lenet5
from thumblab.zoo.mlp import mlp as mlp
from thumblab.zoo.r1 import r1_exp_1 as r1_exp_1
from thumblab.zoo.r1 import r1_exp_2 as r1_exp_2
from thumblab.zoo.r1 import r1_exp_3 as r1_exp_3
from thumblab.zoo.r1 import r1_exp_4 as r1_exp_4
from thumblab.zoo.r1 import r1_exp_5 as r1_exp_5
from thumblab.zoo.r1 import r1_exp_6 as r1_exp_6
from thumblab.zoo.r1 import r1_exp_7 as r1_exp_7
from thumblab.zoo.r1 import r1_exp_8 as r1_exp_8
from thumblab.zoo.r1 import r1_exp_9 as r1_exp_9
from thumblab.zoo.r1 import r1_exp_10 as r1_exp_10
from thumblab.zoo.r1 import r1_exp_11 as r1_exp_11
from thumblab.zoo.r1 import r1_exp_12 as r1_exp_12
from thumblab.zoo.r1 import r1_exp_13 as r1_exp_13
from thumblab.zoo.r1 import r1_exp_14 as r1_exp_14
from thumblab.zoo.r1 import r1_exp_15 as r1_exp_15
from thumblab.zoo.r1 import r1_exp_16 as r1_exp_16
from thumblab.zoo.r1 import r1_exp_17 as r1_exp_17
from thumblab.zoo.resnet import resnet as resnet
from thumblab.zoo.resnet import resnet20 as resnet20
from thumblab.zoo.speedrun import speedrun as speedrun
from thumblab.zoo.speedrun import wide as wide
from thumblab.zoo.stacked import four_layer as four_layer
from thumblab.zoo.stacked import seven_layer as seven_layer
from thumblab.zoo.stacked import six_layer_1 as six_layer_1
from thumblab.zoo.stacked import six_layer_2 as six_layer_2
from thumblab.zoo.stacked import six_layer_3 as six_layer_3
from thumblab.zoo.stacked import stacked_cnn as stacked_cnn
from thumblab.zoo.stacked import vgg_like as vgg_like
from thumblab.zoo.vit import vit as vit
