"""Data: sources, splits, normalizations, augmentations and their order. What is imported here exists.

Left out: streaming from disk (thumbnails fit into memory), labels other than one class an image,
and anything that runs code found in a data file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thumblab.core import renamed
from thumblab.data.check import Check as Check
from thumblab.data.check import check as check
from thumblab.data.dataset import Dataset as Dataset
from thumblab.data.dataset import Split as Split
from thumblab.data.distribution import Distribution as Distribution
from thumblab.data.distribution import Download as Download
from thumblab.data.duplicates import duplicate_groups as duplicate_groups
from thumblab.data.duplicates import leaked as leaked
from thumblab.data.duplicates import numbered as numbered
from thumblab.data.normalize import MeanStd as MeanStd
from thumblab.data.normalize import Normalization as Normalization
from thumblab.data.normalize import PerPixel as PerPixel
from thumblab.data.normalize import Raw as Raw
from thumblab.data.normalize import Rescale as Rescale
from thumblab.data.normalize import Standardize as Standardize
from thumblab.data.normalize import statistics as statistics
from thumblab.data.pictures.appearance import Appearance as Appearance
from thumblab.data.pictures.picture import decode as decode
from thumblab.data.pipeline.augment import Augmentation as Augmentation
from thumblab.data.pipeline.augment import augment as augment
from thumblab.data.pipeline.augmentations import Affine as Affine
from thumblab.data.pipeline.augmentations import AlternatingFlip as AlternatingFlip
from thumblab.data.pipeline.augmentations import ColorJitter as ColorJitter
from thumblab.data.pipeline.augmentations import Crop as Crop
from thumblab.data.pipeline.augmentations import CutMix as CutMix
from thumblab.data.pipeline.augmentations import Cutout as Cutout
from thumblab.data.pipeline.augmentations import Flip as Flip
from thumblab.data.pipeline.augmentations import MixUp as MixUp
from thumblab.data.pipeline.augmentations import Rotate as Rotate
from thumblab.data.pipeline.augmentations import Shift as Shift
from thumblab.data.pipeline.loader import Loader as Loader
from thumblab.data.pipeline.prefetch import Prefetch as Prefetch
from thumblab.data.pipeline.resizing import FullSize as FullSize
from thumblab.data.pipeline.resizing import Growing as Growing
from thumblab.data.pipeline.resizing import Resizing as Resizing
from thumblab.data.pipeline.resizing import height_at as height_at
from thumblab.data.pipeline.resizing import width_at as width_at
from thumblab.data.pipeline.sampling import Balanced as Balanced
from thumblab.data.pipeline.sampling import Sampling as Sampling
from thumblab.data.pipeline.sampling import Uniform as Uniform
from thumblab.data.reading import Reading as Reading
from thumblab.data.sheet import contact_sheet as contact_sheet
from thumblab.data.sources.arrays import Arrays as Arrays
from thumblab.data.sources.characters import Characters as Characters
from thumblab.data.sources.cifar import Cifar10 as Cifar10
from thumblab.data.sources.cifar import Cifar100 as Cifar100
from thumblab.data.sources.dataset_spec import DatasetSpec as DatasetSpec
from thumblab.data.sources.dataset_spec import class_count as class_count
from thumblab.data.sources.dataset_spec import distribution as distribution
from thumblab.data.sources.dataset_spec import read as read
from thumblab.data.sources.download import download as download
from thumblab.data.sources.emnist import Emnist as Emnist
from thumblab.data.sources.fashion_mnist import FashionMnist as FashionMnist
from thumblab.data.sources.features import Features as Features
from thumblab.data.sources.file_names import FileNames as FileNames
from thumblab.data.sources.folder import Folder as Folder
from thumblab.data.sources.held_out import read_to_test as read_to_test
from thumblab.data.sources.labels_csv import LabelsCsv as LabelsCsv
from thumblab.data.sources.mnist import Mnist as Mnist
from thumblab.data.sources.npz import Npz as Npz
from thumblab.data.sources.origin import check_origin as check_origin
from thumblab.data.sources.packed import Packed as Packed
from thumblab.data.sources.parquet import Parquet as Parquet
from thumblab.data.sources.preparation import Glyph as Glyph
from thumblab.data.sources.preparation import Preparation as Preparation
from thumblab.data.sources.preparation import preparation_of as preparation_of
from thumblab.data.sources.preparation import prepare as prepare
from thumblab.data.split import subset as subset
from thumblab.data.split import validation_split as validation_split

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Classes under the names that they had before 0.2."""
        return renamed.find(__name__, name)
