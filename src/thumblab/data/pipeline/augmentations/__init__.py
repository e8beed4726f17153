"""The augmentations, one a file; what is imported here exists."""

from thumblab.data.pipeline.augmentations.affine import Affine as Affine
from thumblab.data.pipeline.augmentations.alternating_flip import AlternatingFlip as AlternatingFlip
from thumblab.data.pipeline.augmentations.color_jitter import ColorJitter as ColorJitter
from thumblab.data.pipeline.augmentations.crop import Crop as Crop
from thumblab.data.pipeline.augmentations.cutmix import CutMix as CutMix
from thumblab.data.pipeline.augmentations.cutout import Cutout as Cutout
from thumblab.data.pipeline.augmentations.flip import Flip as Flip
from thumblab.data.pipeline.augmentations.mixup import MixUp as MixUp
from thumblab.data.pipeline.augmentations.rotate import Rotate as Rotate
from thumblab.data.pipeline.augmentations.shift import Shift as Shift
