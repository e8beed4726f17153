"""The augmentations, one a file; what is imported here exists."""

from thumblab.data.augmentations.affine import Affine as Affine
from thumblab.data.augmentations.alternating_flip import AlternatingFlip as AlternatingFlip
from thumblab.data.augmentations.color_jitter import ColorJitter as ColorJitter
from thumblab.data.augmentations.crop import Crop as Crop
from thumblab.data.augmentations.cutmix import Cutmix as Cutmix
from thumblab.data.augmentations.cutout import Cutout as Cutout
from thumblab.data.augmentations.flip import Flip as Flip
from thumblab.data.augmentations.mixup import Mixup as Mixup
from thumblab.data.augmentations.rotate import Rotate as Rotate
from thumblab.data.augmentations.shift import Shift as Shift
