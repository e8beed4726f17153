"""Writes the examples of docs/your-own-pictures.md: folders as people have them, and what is said of them.

    python scripts/show_folders.py

makes each folder anew in a temporary place, runs the commands there, and puts tree and output between the
marks of the page. Accuracies and times are those of the machine it runs on.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "your-own-pictures.md"
SHAPES = ("circle", "square", "triangle")
MOST_IN_TREE = 3

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
    files = {}
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
    files = {}
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
    from tests.data.conftest import idx_bytes

    draw, files = np.random.default_rng(0), {}
    for images, numbers, each in ((*names[:2], 3), (*names[2:], 1)):
        found = np.repeat(np.arange(labels), each)
        files[images] = idx_bytes(draw.integers(0, 256, (len(found), 28, 28)))
        files[numbers] = idx_bytes(found)
    return files


def mnist() -> Files:
    """Torchvision's folder, with a few digits."""
    from thumblab.data.mnist import FILES

    return {f"MNIST/raw/{name}": data for name, data in glyphs(FILES, 10).items()}


def emnist() -> Files:
    """Torchvision's folder, which lacks the mapping files."""
    kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
    names = (f"emnist-digits-{part}-{kind}" for part in ("train", "test") for kind in kinds)
    return {f"EMNIST/raw/{name}": data for name, data in glyphs(tuple(names), 10).items()}


def cifar() -> Files:
    """What Keras unpacks."""
    from tests.data.conftest import cifar_bytes
    from tests.data.pickled import cifar10_python

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
        "thumblab train --data ./pets --model vgg_like --epochs 6 --augment flip",
        "thumblab evaluate runs/*",
        "thumblab evaluate runs/* --data ./more",
        "thumblab predict runs/* new",
    ),
)
"""From a folder to a prediction."""


def tree(folder: Path) -> str:
    """The folder's tree; of many pictures in one folder some are shown."""
    lines = []

    def below(at: Path, indent: str) -> None:
        entries = sorted(at.iterdir())
        files = [entry for entry in entries if entry.is_file()]
        hidden = files[MOST_IN_TREE - 1 : -1] if len(files) > MOST_IN_TREE + 1 else []
        for entry in entries:
            if hidden and entry == hidden[0]:
                lines.append(f"{indent}... {len(hidden)} more")
            if entry not in hidden:
                lines.append(f"{indent}{entry.name}" + ("/" if entry.is_dir() else ""))
            if entry.is_dir():
                below(entry, indent + "    ")

    below(folder, "    ")
    return "\n".join([f"{folder.name}/", *lines])


def lay(folder: Path, files: Files) -> None:
    """Writes the files."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def run(command: str, folder: Path) -> str:
    """What a command prints, both streams as they come."""
    words = []
    for word in command.split():
        matching = sorted(folder.glob(word)) if "*" in word else []
        words += [str(path.relative_to(folder)) for path in matching] or [word]
    ended = subprocess.run(
        [sys.executable, "-m", "thumblab", *words[1:]],
        cwd=folder,
        env={
            **os.environ,
            "TERM": "dumb",
            "COLUMNS": "110",
            "XDG_CACHE_HOME": str(folder / "cache"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = "" if ended.returncode == 0 else f"\n(exit code {ended.returncode})"
    return f"$ {command}\n{ended.stdout.rstrip()}{told}"


def shown(example: Example) -> str:
    """Tree and outputs as a block of the page."""
    with tempfile.TemporaryDirectory() as place:
        pets = Path(place, "pets")
        lay(pets, example.make())
        text = [tree(pets), *(run(command, Path(place)) for command in example.commands)]
    return "```text\n" + "\n\n".join(text) + "\n```"


def shown_way() -> str:
    """The way from a folder to a prediction."""
    with tempfile.TemporaryDirectory() as place:
        lay(Path(place), WAY.make())
        text = [tree(path) for path in sorted(Path(place).iterdir())]
        text += [run(command, Path(place)) for command in WAY.commands]
        shutil.rmtree(Path(place, "runs"), ignore_errors=True)
    return "```text\n" + "\n\n".join(text) + "\n```"


def replaced(page: str, name: str, block: str) -> str:
    """The page with ``block`` between the marks of ``name``."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in page:
        raise SystemExit(f"{PAGE.name} has no mark {begin}")
    return re.sub(
        f"{re.escape(begin)}.*?{re.escape(end)}",
        lambda _: f"{begin}\n{block}\n{end}",
        page,
        flags=re.DOTALL,
    )


def main() -> None:
    """Writes every block."""
    sys.path.insert(0, str(ROOT))
    page = PAGE.read_text(encoding="utf-8")
    for name, example in EXAMPLES.items():
        page = replaced(page, name, shown(example))
    page = replaced(page, "way", shown_way())
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
