"""CIFAR's Python version, made of its binary version by hand, as Python 2 wrote it."""

from __future__ import annotations

import pickle
import struct
from typing import Any

import numpy as np


def python2(value: Any) -> bytes:
    """A protocol-2 pickle as Python 2 and its NumPy wrote the official files: all texts are bytes."""
    return b"\x80\x02" + _python2(value) + b"."


def _python2(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"}(" + b"".join(_python2(k) + _python2(v) for k, v in value.items()) + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(_python2, value)) + b"e"
    if isinstance(value, int):
        return b"K" + bytes([value])
    if isinstance(value, str | bytes):
        text = value.encode() if isinstance(value, str) else value
        return b"T" + struct.pack("<i", len(text)) + text
    made = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR"
    kind = b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    shape = (
        b"M" + struct.pack("<H", len(value)) + b"M" + struct.pack("<H", value.shape[1]) + b"\x86"
    )
    return made + b"(K\x01" + shape + kind + b"\x89" + _python2(value.tobytes()) + b"tb"


def batch(records: bytes, labels: tuple[str, ...]) -> dict[str, Any]:
    """What the Python version holds of these binary records."""
    rows = np.frombuffer(records, np.uint8).reshape(-1, len(labels) + 3072)
    columns = {name: rows[:, i].tolist() for i, name in enumerate(labels)}
    names = [f"x_{i}.png" for i in range(len(rows))]
    return {"data": rows[:, len(labels) :].copy(), "filenames": names, "batch_label": "b"} | columns


def cifar10_python(files: dict[str, bytes], write: Any = python2) -> dict[str, bytes]:
    """The files of ``cifar-10-batches-py``."""
    found = {
        name.removesuffix(".bin"): write(batch(data, ("labels",)))
        for name, data in files.items()
        if name.endswith(".bin")
    }
    names = files["batches.meta.txt"].decode().split()
    return found | {"batches.meta": write({"label_names": names, "num_vis": 7})}


def cifar100_python(files: dict[str, bytes], write: Any = python2) -> dict[str, bytes]:
    """The files of ``cifar-100-python``."""
    labels = ("coarse_labels", "fine_labels")
    found = {name: write(batch(files[f"{name}.bin"], labels)) for name in ("train", "test")}
    names = {
        f"{kind}_label_names": files[f"{kind}_label_names.txt"].decode().split()
        for kind in ("fine", "coarse")
    }
    return found | {"meta": write(names)}


def python3(protocol: int) -> Any:
    """A writer as people use it who save the batches again."""
    return lambda value: pickle.dumps(value, protocol=protocol)
