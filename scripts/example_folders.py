"""Folders of pictures as people have them, for docs/your-own-pictures.md; each is made in memory."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from tests.data.conftest import cifar_bytes, idx_bytes
from tests.data.pickled import cifar10_python

from thumblab.data.sources.mnist import FILES

SHAPES = ("circle", "square", "triangle")

Files = dict[str, bytes]


def shape(kind: str, number: int, size: tuple[int, int] = (48, 40), suffix: str = "png") -> bytes:
    """A circle, square or triangle of random color, place and size on a noisy ground."""
    draw = np.random.default_rng([*kind.encode(), number])
    pixels = draw.integers(0, 90, (size[1], size[0], 3)).astype(np.uint8)
    image = Image.fromarray(pixels)
    pen, radius = ImageDraw.Draw(image), int(draw.integers(min(size) // 5, min(size) // 3))
    x, y = (int(draw.integers(radius, side - radius)) for side in size)
    color = tuple(int(level) for level in draw.integers(120, 256, 3))
    if kind == "circle":
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), color)
    elif kind == "square":
        pen.rectangle((x - radius, y - radius, x + radius, y + radius), color)
    else:
        pen.polygon(((x, y - radius), (x - radius, y + radius), (x + radius, y + radius)), color)
    out = io.BytesIO()
    names = {"jpg": "jpeg", "tif": "tiff"}
    image.save(out, names.get(suffix, suffix))
    return out.getvalue()


def shapes(
    folder: str, count: int, first: int = 0, classes: tuple[str, ...] = SHAPES[:2], end: str = "png"
) -> Files:
    """Pictures of each class in a folder of its name."""
    at = f"{folder}/" if folder else ""
    return {
        f"{at}{kind}/{number}.{end}": shape(kind, number, suffix=end)
        for kind in classes
        for number in range(first, first + count)
    }


def photographs() -> Files:
    """As a phone leaves them: large, turned by EXIF, with a film and a HEIC between them."""
    files: Files = {}
    for kind in SHAPES[:2]:
        for number in range(2):
            with Image.open(io.BytesIO(shape(kind, number))) as small:
                out, exif = io.BytesIO(), Image.Exif()
                exif[0x0112] = 6
                small.resize((4032, 3024)).save(out, "jpeg", exif=exif)
                files[f"{kind}/IMG_{number:04}.JPG"] = out.getvalue()
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    return files | {
        "circle/IMG_0007.HEIC": heic,
        "square/IMG_0008.MOV": b"\0\0\0\x14ftypqt  " + bytes(99),
    }


def mixed() -> Files:
    """Suffixes of all kinds, and none."""
    files: Files = {}
    for kind in SHAPES[:2]:
        files |= {f"{kind}/a.{end}": shape(kind, ord(end[0]), suffix=end) for end in ("tif", "ppm")}
        files |= {f"{kind}/c.JPEG": shape(kind, 2, suffix="jpg"), f"{kind}/d": shape(kind, 3)}
    return files | {"circle/notes.txt": b"hello", "square/Thumbs.db": b"", "square/e.png": b""}


def korean() -> Files:
    """Names in Korean; one of them as a Mac writes it in the test part."""
    cat, dog = "\uace0\uc591\uc774", "\uac1c"
    apart = unicodedata.normalize("NFD", cat)
    train = {f"train/{name}/{i}.png": shape(name, i) for name in (cat, dog) for i in range(4)}
    return train | {f"test/{apart}/9.png": shape(cat, 9), f"test/{dog}/9.png": shape(dog, 9)}


def glyphs(names: tuple[str, ...], labels: int) -> Files:
    """Four IDX files of three glyphs a class to train on and one to test; each is drawn by chance."""
    draw = np.random.default_rng(0)
    files: Files = {}
    for images, numbers, each in ((*names[:2], 3), (*names[2:], 1)):
        found = np.repeat(np.arange(labels), each)
        files[images] = idx_bytes(draw.integers(0, 256, (len(found), 28, 28)))
        files[numbers] = idx_bytes(found)
    return files


def mnist() -> Files:
    """Torchvision's folder, with a few digits."""
    return {f"MNIST/raw/{name}": data for name, data in glyphs(FILES, 10).items()}


def emnist() -> Files:
    """Torchvision's folder, which lacks the mapping files."""
    kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
    names = (f"emnist-digits-{part}-{kind}" for part in ("train", "test") for kind in kinds)
    return {f"EMNIST/raw/{name}": data for name, data in glyphs(tuple(names), 10).items()}


def cifar() -> Files:
    """What Keras unpacks."""
    names = [
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ]
    batches = {f"data_batch_{i}.bin": cifar_bytes(np.arange(10)[:, None], i) for i in range(1, 6)}
    binary = batches | {
        "test_batch.bin": cifar_bytes(np.arange(10)[:, None], 6),
        "batches.meta.txt": "\n".join(names).encode(),
    }
    return {f"cifar-10-batches-py/{name}": data for name, data in cifar10_python(binary).items()}


def cats_against_dogs() -> Files:
    """A contest's folder: the class in the name, test pictures without one."""
    names = [f"train/{kind}.{i}.png" for kind in SHAPES[:2] for i in range(3)]
    test = {f"test1/{i}.png": shape("triangle", i) for i in range(1, 4)}
    return {name: shape(name[6:].split(".")[0], i) for i, name in enumerate(names)} | test


def listed_in_a_table() -> Files:
    """A contest's folder: ids without suffix in a table."""
    kinds = [kind for kind in SHAPES[:2] for _ in range(3)]
    ids = {f"{2654435761 * (i + 1) % 65536:04x}": kind for i, kind in enumerate(kinds)}
    rows = [f"{name},{kind}" for name, kind in ids.items()]
    files = {f"train/{name}.png": shape(kind, int(name, 16)) for name, kind in ids.items()}
    test = {f"test/{i}.png": shape("triangle", i) for i in range(2)}
    return files | test | {"train.csv": "\n".join(["id,label", *rows]).encode()}


def zipped() -> Files:
    """A zip as a Mac packs it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in shapes("pets", 4).items():
            archive.writestr(name, data)
            archive.writestr(f"__MACOSX/{name}", b"?")
    return {"pets.zip": out.getvalue()}


def npz() -> Files:
    """Arrays, channels first, of 0 to 1."""
    draw, out = np.random.default_rng(0), io.BytesIO()
    x, y = draw.random((12, 3, 8, 8), np.float32), np.arange(12) % 3
    np.savez(out, x_train=x[:9], y_train=y[:9], x_test=x[9:], y_test=y[9:])
    return {"pets.npz": out.getvalue()}


def twice() -> Files:
    """One picture under two labels, one in both parts, and one of a single color."""
    files = shapes("train", 5) | shapes("test", 3, 4)
    out = io.BytesIO()
    Image.new("RGB", (48, 40), (200, 200, 200)).save(out, "png")
    copy = {"train/square/copy.png": files["train/circle/0.png"]}
    return files | copy | {"train/circle/gray.png": out.getvalue()}


@dataclass(frozen=True)
class Example:
    """A folder, and commands that are run beside it.

    Attributes:
        make: Its files.
        commands: Each as it is typed.
    """

    make: Callable[[], Files]
    commands: tuple[str, ...]


DATA = "thumblab data ./pets"
EXAMPLES = {
    "classes": Example(lambda: shapes("", 6, classes=SHAPES), (DATA,)),
    "capitals": Example(lambda: shapes("Train", 6) | shapes("Test", 2, 6), (DATA,)),
    "three": Example(
        lambda: shapes("train", 6) | shapes("valid", 2, 6) | shapes("test", 2, 8), (DATA,)
    ),
    "flat-test": Example(
        lambda: shapes("train", 4) | {f"test/{i}.png": shape("circle", i) for i in (7, 8)}, (DATA,)
    ),
    "wrapped": Example(
        lambda: (
            shapes("seg_train/seg_train", 4)
            | shapes("seg_test/seg_test", 2, 4)
            | {f"seg_pred/seg_pred/{i}.png": shape("circle", i) for i in (7, 8)}
        ),
        (DATA,),
    ),
    "folds": Example(lambda: shapes("fold1", 3) | shapes("fold2", 3, 3), (DATA,)),
    "file-names": Example(cats_against_dogs, (DATA, "thumblab data file_names:path=./pets")),
    "table": Example(listed_in_a_table, (DATA, "thumblab data ./pets/train.csv")),
    "phone": Example(photographs, (DATA, f"{DATA} --skip-bad")),
    "mixed": Example(mixed, (DATA, f"{DATA} --skip-bad")),
    "korean": Example(korean, (DATA,)),
    "zip": Example(zipped, ("thumblab data ./pets/pets.zip",)),
    "npz": Example(npz, ("thumblab data ./pets/pets.npz",)),
    "mnist": Example(mnist, (DATA, "thumblab data mnist --from ./pets")),
    "emnist": Example(emnist, (DATA, "thumblab data emnist:split=digits --from ./pets")),
    "cifar": Example(cifar, (DATA, "thumblab data cifar10 --from ./pets")),
    "check": Example(twice, (DATA,)),
}
"""What is written between the marks of these names; their outputs repeat on any machine."""

WAY = Example(
    lambda: (
        shapes("pets/train", 150, classes=SHAPES)
        | shapes("pets/test", 40, 150, SHAPES)
        | shapes("more", 5, 900)
        | {"new/one.jpg": shape("triangle", 777, suffix="jpg"), "new/two.png": shape("circle", 778)}
    ),
    (
        "thumblab train --data ./pets --model seven_layer --optimizer adam:lr=1e-3 --batch 32 --epochs 12",
        "thumblab evaluate runs/????????????",
        "thumblab evaluate runs/???????????? --data ./more",
        "thumblab predict runs/???????????? new",
    ),
)
"""From a folder to a prediction."""
