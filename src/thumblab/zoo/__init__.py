"""Architectures: functions ``f(classes, **arguments) -> Layer``, one file a family.

The package is the registry: a model exists because it is imported here.
"""

from typing import TYPE_CHECKING, Any

from thumblab.core import renamed
from thumblab.zoo.alexnet import alexnet as alexnet
from thumblab.zoo.alexnet import alexnet_regressor as alexnet_regressor
from thumblab.zoo.alexnet import alexnet_skip as alexnet_skip
from thumblab.zoo.alexnet import alexnet_skip_published as alexnet_skip_published
from thumblab.zoo.baseline import baseline_cnn as baseline_cnn
from thumblab.zoo.characters import characters_cnn as characters_cnn
from thumblab.zoo.deep_resnet import resnet18 as resnet18
from thumblab.zoo.deep_resnet import resnet50 as resnet50
from thumblab.zoo.deep_resnet import resnet50_imagenet as resnet50_imagenet
from thumblab.zoo.dffr import dffr_cnn as dffr_cnn
from thumblab.zoo.fixed_features import embedding_dr_mlp as embedding_dr_mlp
from thumblab.zoo.fixed_features import embedding_mlp as embedding_mlp
from thumblab.zoo.fixed_features import fe_dr_mlp as fe_dr_mlp
from thumblab.zoo.fixed_features import fe_mlp as fe_mlp
from thumblab.zoo.inception import inception as inception
from thumblab.zoo.lenet import lenet5 as lenet5
from thumblab.zoo.mlp import mlp as mlp
from thumblab.zoo.r1 import r1_experiment as r1_experiment
from thumblab.zoo.r2 import r2_cnn as r2_cnn
from thumblab.zoo.r2 import r2_res as r2_res
from thumblab.zoo.r3 import r3_model_1 as r3_model_1
from thumblab.zoo.r3 import r3_model_2 as r3_model_2
from thumblab.zoo.r3 import r3_model_2_published as r3_model_2_published
from thumblab.zoo.r3 import r3_model_3 as r3_model_3
from thumblab.zoo.r3 import r3_model_3_published as r3_model_3_published
from thumblab.zoo.resnet import resnet as resnet
from thumblab.zoo.resnet import resnet20 as resnet20
from thumblab.zoo.resnet import resnet32 as resnet32
from thumblab.zoo.resnet import resnet44 as resnet44
from thumblab.zoo.resnet import resnet56 as resnet56
from thumblab.zoo.resnet import resnet110 as resnet110
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
from thumblab.zoo.wavemix import wavemix_lite as wavemix_lite
from thumblab.zoo.wide_resnet import wide_resnet as wide_resnet

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Functions under the names that they had before 0.2."""
        return renamed.model(__name__, name)
