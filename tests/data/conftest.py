"""Tiny data sets in the official formats, made by hand."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import thumblab.data as td

Files = dict[str, bytes]


def idx_bytes(array: np.ndarray) -> bytes:
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


def cifar_bytes(labels: np.ndarray, seed: int) -> bytes:
    """Records with label columns ``(n, 1 or 2)`` and random pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (len(labels), 3072))
    return np.concatenate([labels, pixels], 1).astype(np.uint8).tobytes()


def cifar10_files() -> Files:
    names = "".join(f"class{i}\n" for i in range(10)) + "\n"
    batches = {f"data_batch_{i}.bin": cifar_bytes(np.array([[i], [9 - i]]), i) for i in range(1, 6)}
    test = {"test_batch.bin": cifar_bytes(np.array([[0], [3], [9]]), 7)}
    return batches | test | {"batches.meta.txt": names.encode()}


def cifar100_files() -> Files:
    fine = np.arange(100)
    pairs = np.stack([fine % 20, fine], 1)
    return {
        "train.bin": cifar_bytes(pairs, 0),
        "test.bin": cifar_bytes(pairs[:7], 1),
        "fine_label_names.txt": "".join(f"fine{i}\n" for i in range(100)).encode(),
        "coarse_label_names.txt": "".join(f"coarse{i}\n" for i in range(20)).encode(),
    }


def mnist_files() -> Files:
    pixels = np.random.default_rng(0).integers(0, 256, (12, 28, 28))
    return {
        "train-images-idx3-ubyte": idx_bytes(pixels),
        "train-labels-idx1-ubyte": idx_bytes(np.arange(12) % 10),
        "t10k-images-idx3-ubyte": idx_bytes(pixels[:4]),
        "t10k-labels-idx1-ubyte": idx_bytes(np.arange(4)),
    }


def emnist_files(split: str) -> Files:
    codes = {
        "letters": [f"{i} {64 + i} {96 + i}" for i in range(1, 27)],
        "byclass": [f"{i} {ord(c)}" for i, c in enumerate("059AMZamz")],
    }.get(split, [f"{i} {ord(c)}" for i, c in enumerate("0123456789")])
    labels = np.array([int(line.split()[0]) for line in codes])
    pixels = np.random.default_rng(1).integers(0, 256, (len(labels), 28, 28))
    stem = f"emnist-{split}"
    return {
        f"{stem}-train-images-idx3-ubyte": idx_bytes(pixels),
        f"{stem}-train-labels-idx1-ubyte": idx_bytes(labels),
        f"{stem}-test-images-idx3-ubyte": idx_bytes(pixels[:3]),
        f"{stem}-test-labels-idx1-ubyte": idx_bytes(labels[:3]),
        f"{stem}-mapping.txt": "\n".join(codes).encode(),
    }


def picture_files() -> Files:
    import io

    files = {}
    for name, gray in (("cat", 20), ("dog", 200)):
        for i in range(3):
            out = io.BytesIO()
            picture = Image.new("RGB", (40, 30), (gray, i, 0))
            picture.paste((0, gray, 9), (0, 0, 20, 15))
            picture.save(out, "png")
            files[f"{name}/{i}.png"] = out.getvalue()
    return files


def zipped(files: Files) -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def npz_bytes() -> bytes:
    import io

    out = io.BytesIO()
    pixels = np.random.default_rng(3).integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    np.savez(out, x_train=pixels, y_train=np.arange(6) % 2, x_test=pixels[:2], y_test=np.arange(2))
    return out.getvalue()


def named_files() -> Files:
    return {name.replace("/", "_"): data for name, data in picture_files().items()}


def listed_files() -> Files:
    lines = [f"{name},{name.split('_')[0]}" for name in named_files()]
    return named_files() | {"labels.csv": "\n".join(["file,label", *lines]).encode()}


EXAMPLES: dict[td.DatasetSpec, Files] = {
    td.Characters(): {},
    td.Cifar10(): cifar10_files(),
    td.Cifar100(): cifar100_files(),
    td.Cifar100("coarse"): cifar100_files(),
    td.Mnist(): mnist_files(),
    td.FashionMnist(): mnist_files(),
    td.Folder(side=8): picture_files(),
    td.Folder(side=None, channels=1): picture_files(),
    td.Packed("x.zip", side=8): {"x.zip": zipped(picture_files())},
    td.Npz("x.npz"): {"x.npz": npz_bytes()},
    td.LabelsCsv("labels.csv", side=8): listed_files(),
    td.FileNames(side=8): named_files(),
} | {td.Emnist(split): emnist_files(split) for split in ("balanced", "letters", "byclass", "mnist")}
"""Every source, with files that it can read."""

Shelve = Callable[..., Path]


def lay(folder: Path, files: Files) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def examples() -> dict[td.DatasetSpec, Files]:
    return EXAMPLES


@pytest.fixture(scope="session")
def shelve() -> Callable[[Path, Files], Path]:
    """Writes files under a folder and returns it."""
    return lay


@pytest.fixture(scope="session")
def as_idx() -> Callable[[np.ndarray], bytes]:
    return idx_bytes


@pytest.fixture(scope="session")
def as_cifar() -> Callable[[np.ndarray, int], bytes]:
    return cifar_bytes


@pytest.fixture(autouse=True)
def _no_data_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("THUMBLAB_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "source" in metafunc.fixturenames:
        metafunc.parametrize("source", EXAMPLES, ids=repr)
