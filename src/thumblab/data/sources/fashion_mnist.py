"""Fashion-MNIST: gray pictures of clothes, 28x28 pixels, in the file format of MNIST.

Source: Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thumblab.data.dataset import Dataset
from thumblab.data.sources.dataset_spec import DatasetSpec, class_count, distribution, read
from thumblab.data.sources.mnist import idx_distribution, read_idx_set

CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)

TABLES = ("fashion-mnist_train.csv", "fashion-mnist_test.csv")
"""The same as Kaggle repacks it."""

FASHION_MNIST = idx_distribution(
    "fashion-mnist",
    # The third is the folder of Debian's package, the fourth that of the authors' repository.
    ("fashion-mnist", "FashionMNIST/raw", "dataset-fashion-mnist", "data/fashion"),
    (
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    (
        "08dc20ab1689590a0bcd66e874647b6ee8464e2d501b5a3f1f78831db19a3fdc",
        "b0197879cbda89f3dc7b894f9fd52b858e68ea4182b6947c9d8c2b67e5f18dcc",
        "78dcbbfb5a27efaf1b6c1d616caca68560be8766c5bffcb2791df9273a534229",
        "42bd18137a62d5998cdeae52bf3a0676ac6b706f5cf8439b47bb5b151ae3dccf",
    ),
)


@dataclass(frozen=True)
class FashionMnist(DatasetSpec):
    """60,000 training and 10,000 test pictures in 10 classes."""


distribution.register(FashionMnist, lambda source: FASHION_MNIST)
class_count.register(FashionMnist, lambda source: len(CLASSES))


@read.register
def _read_fashion_mnist(source: FashionMnist, root: Path | None = None) -> Dataset:
    return read_idx_set(FASHION_MNIST, root, CLASSES, TABLES)
