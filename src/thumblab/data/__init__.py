"""Data: sources, splits, normalisations, augmentations and their order. What is imported here exists.

Left out: streaming from disk (thumbnails fit into memory), labels other than one class an image,
and anything that runs code found in a data file.
"""

from thumblab.data.ahead import Ahead as Ahead
from thumblab.data.arrays import Arrays as Arrays
from thumblab.data.augment import Augmentation as Augmentation
from thumblab.data.augment import augment as augment
from thumblab.data.augmentations import Affine as Affine
from thumblab.data.augmentations import AlternatingFlip as AlternatingFlip
from thumblab.data.augmentations import ColorJitter as ColorJitter
from thumblab.data.augmentations import Crop as Crop
from thumblab.data.augmentations import Cutmix as Cutmix
from thumblab.data.augmentations import Cutout as Cutout
from thumblab.data.augmentations import Flip as Flip
from thumblab.data.augmentations import Mixup as Mixup
from thumblab.data.augmentations import Rotate as Rotate
from thumblab.data.augmentations import Shift as Shift
from thumblab.data.characters import Characters as Characters
from thumblab.data.check import Check as Check
from thumblab.data.check import check as check
from thumblab.data.cifar import Cifar10 as Cifar10
from thumblab.data.cifar import Cifar100 as Cifar100
from thumblab.data.dataset import Dataset as Dataset
from thumblab.data.dataset import Part as Part
from thumblab.data.download import download as download
from thumblab.data.duplicates import leaked as leaked
from thumblab.data.duplicates import numbered as numbered
from thumblab.data.duplicates import twins as twins
from thumblab.data.emnist import Emnist as Emnist
from thumblab.data.fashion_mnist import FashionMnist as FashionMnist
from thumblab.data.features import Features as Features
from thumblab.data.feed import Feed as Feed
from thumblab.data.file_names import FileNames as FileNames
from thumblab.data.folder import Folder as Folder
from thumblab.data.held_out import read_to_test as read_to_test
from thumblab.data.labels_csv import LabelsCsv as LabelsCsv
from thumblab.data.mnist import Mnist as Mnist
from thumblab.data.normalise import Given as Given
from thumblab.data.normalise import Normalisation as Normalisation
from thumblab.data.normalise import PerPixel as PerPixel
from thumblab.data.normalise import Raw as Raw
from thumblab.data.normalise import Standard as Standard
from thumblab.data.normalise import Unit as Unit
from thumblab.data.normalise import statistics as statistics
from thumblab.data.npz import Npz as Npz
from thumblab.data.origin import check_origin as check_origin
from thumblab.data.packed import Packed as Packed
from thumblab.data.parquet import Parquet as Parquet
from thumblab.data.picture import decode as decode
from thumblab.data.reading import Reading as Reading
from thumblab.data.resizing import FullSize as FullSize
from thumblab.data.resizing import Growing as Growing
from thumblab.data.resizing import Resizing as Resizing
from thumblab.data.resizing import height_at as height_at
from thumblab.data.resizing import width_at as width_at
from thumblab.data.sampling import Balanced as Balanced
from thumblab.data.sampling import Sampling as Sampling
from thumblab.data.sampling import Uniform as Uniform
from thumblab.data.sheet import contact_sheet as contact_sheet
from thumblab.data.source import Source as Source
from thumblab.data.source import distribution as distribution
from thumblab.data.source import read as read
from thumblab.data.split import subset as subset
from thumblab.data.split import validation_split as validation_split
