"""The layers: one file each holds a layer's data, its NumPy rules and its PyTorch twin.

Two containers, ``Sequential`` and ``Parallel``, are the only control flow. What they cannot say
(attention, a fusion block) is a leaf. Shared weights, recurrence and dynamic depth cannot be said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thumblab.core import renamed
from thumblab.layers.adaptive_avg_pool import AdaptiveAvgPool as AdaptiveAvgPool
from thumblab.layers.avg_pool import AvgPool as AvgPool
from thumblab.layers.batch_norm import BatchNorm as BatchNorm
from thumblab.layers.class_token import ClassToken as ClassToken
from thumblab.layers.color_histogram import ColorHistogram as ColorHistogram
from thumblab.layers.conv import Conv as Conv
from thumblab.layers.conv_transpose import ConvTranspose as ConvTranspose
from thumblab.layers.dense import Dense as Dense
from thumblab.layers.dropout import Dropout as Dropout
from thumblab.layers.elu import ELU as ELU
from thumblab.layers.flatten import Flatten as Flatten
from thumblab.layers.frozen import Frozen as Frozen
from thumblab.layers.gelu import GELU as GELU
from thumblab.layers.global_avg_pool import GlobalAvgPool as GlobalAvgPool
from thumblab.layers.global_max_pool import GlobalMaxPool as GlobalMaxPool
from thumblab.layers.group_norm import GroupNorm as GroupNorm
from thumblab.layers.haar_transform import HaarTransform as HaarTransform
from thumblab.layers.hardswish import Hardswish as Hardswish
from thumblab.layers.histogram_of_gradients import HistogramOfGradients as HistogramOfGradients
from thumblab.layers.identity import Identity as Identity
from thumblab.layers.layer_norm import LayerNorm as LayerNorm
from thumblab.layers.leaky_relu import LeakyReLU as LeakyReLU
from thumblab.layers.max_pool import MaxPool as MaxPool
from thumblab.layers.mish import Mish as Mish
from thumblab.layers.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from thumblab.layers.parallel import Parallel as Parallel
from thumblab.layers.parallel import residual as residual
from thumblab.layers.patch_embedding import PatchEmbedding as PatchEmbedding
from thumblab.layers.pca_projection import PCAProjection as PCAProjection
from thumblab.layers.position_embedding import PositionEmbedding as PositionEmbedding
from thumblab.layers.prepared import prepared as prepared
from thumblab.layers.relu import ReLU as ReLU
from thumblab.layers.resize import Resize as Resize
from thumblab.layers.rms_norm import RMSNorm as RMSNorm
from thumblab.layers.scale import Scale as Scale
from thumblab.layers.selu import SELU as SELU
from thumblab.layers.sequential import Sequential as Sequential
from thumblab.layers.sigmoid import Sigmoid as Sigmoid
from thumblab.layers.silu import SiLU as SiLU
from thumblab.layers.softmax import Softmax as Softmax
from thumblab.layers.softsign import Softsign as Softsign
from thumblab.layers.squeeze_excite import SqueezeExcite as SqueezeExcite
from thumblab.layers.standard_scaler import StandardScaler as StandardScaler
from thumblab.layers.stochastic_depth import StochasticDepth as StochasticDepth
from thumblab.layers.tanh import Tanh as Tanh
from thumblab.layers.token_first import TokenFirst as TokenFirst
from thumblab.layers.token_mean import TokenMean as TokenMean
from thumblab.layers.transformer_block import transformer_block as transformer_block
from thumblab.layers.unused import Unused as Unused
from thumblab.layers.upsample import Upsample as Upsample
from thumblab.layers.whiten import Whiten as Whiten

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Classes under the names that they had before 0.2."""
        return renamed.find(__name__, name)
