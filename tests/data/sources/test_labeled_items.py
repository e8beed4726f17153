from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Arrays, read

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 6, 5, 3)).astype(np.uint8)


class Cifar:
    """As torchvision's CIFAR10."""

    data, targets, classes, transform = PIXELS, [0, 1, 1, 0], ["cat", "dog"], None


class Pairs(list):
    """As torchvision's ImageFolder."""

    classes = ("cat", "dog")


def test_arrays_with_targets() -> None:
    found = read(Arrays.of(Cifar(), Cifar()))
    assert (found.name, found.classes) == ("cifar", ("cat", "dog"))
    np.testing.assert_array_equal(found.train.images, PIXELS)
    assert found.test is not None
    assert found.test.labels.tolist() == [0, 1, 1, 0]


def test_a_transform_that_is_not_applied_is_told() -> None:
    theirs = Cifar()
    theirs.transform = str
    with pytest.warns(UserWarning, match="stored pixels of cifar are read, without its transform"):
        Arrays.of(theirs)


def test_torchvisions_emnist_is_told_to_be_transposed() -> None:
    theirs = type("EMNIST", (Cifar,), {})()
    with pytest.warns(UserWarning, match=r"keeps the glyphs of EMNIST transposed.*data\.Emnist"):
        Arrays.of(theirs)


def test_pairs_of_pictures_and_labels() -> None:
    pairs = Pairs(
        (Image.fromarray(image), label) for image, label in zip(PIXELS, [0, 1, 1, 0], strict=True)
    )
    found = read(Arrays.of(pairs, classes=("cat", "dog")))
    np.testing.assert_array_equal(found.train.images, PIXELS)
    inner = SimpleNamespace(dataset=pairs)
    subset = type("Subset", (list,), {"dataset": inner.dataset})(pairs[:2])
    assert read(Arrays.of(subset)).classes == ("cat", "dog")


def test_dicts_as_hugging_face_gives_them() -> None:
    rows = [{"img": Image.fromarray(PIXELS[i]), "label": i % 2} for i in range(4)]
    theirs = type("HF", (list,), {"features": {"label": SimpleNamespace(names=["a", "b"])}})(rows)
    found = read(Arrays.of(theirs))
    assert (found.classes, found.train.labels.tolist()) == (("a", "b"), [0, 1, 0, 1])


def test_what_is_transparent_lies_over_white() -> None:
    clear = Image.new("RGBA", (3, 2), (9, 9, 9, 0))
    with pytest.warns(UserWarning, match="2 images of one color all over"):
        found = read(Arrays.of([(clear, 0), (Image.new("RGB", (3, 2)), 1)]))
    assert (found.train.images[0] == 255).all()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([(PIXELS[0], 0), (PIXELS[0, :3], 1)], DataError, "have 2 shapes, such as"),
        ([], DataError, "list is empty"),
        ([PIXELS[0]], UsageError, "item 0 of list is no pair"),
        (7, UsageError, "int is neither arrays with labels nor a sequence"),
    ],
)
def test_something_else_is_refused(given, error, message) -> None:
    with pytest.raises(error, match=message):
        Arrays.of(given)


def test_parts_with_other_classes_are_refused() -> None:
    other = Cifar()
    other.classes = ["dog", "cat"]
    with pytest.raises(DataError, match=r"test classes are \('dog', 'cat'\), training classes"):
        Arrays.of(Cifar(), other)
