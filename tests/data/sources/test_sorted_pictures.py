import io
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError, UsageError
from thumblab.data.sources.layout import Layout
from thumblab.data.sources.listing import Listing
from thumblab.data.sources.sorted_pictures import Pictures, base_of, read_sorted


def encoded(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


def noise(seed: int, high: int = 6, wide: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (high, wide, 3)).astype(np.uint8)


def listing(files: dict[str, bytes]) -> Listing:
    paths = tuple(map(PurePosixPath, files))
    return Listing(paths, (PurePosixPath("n.txt"),), (), (), lambda path: files[str(path)])


def laid(*names: str) -> Layout:
    entries = [(PurePosixPath(name), i % 2) for i, name in enumerate(names)]
    return Layout(("a", "b"), {"training": entries}, ("a note",))


def test_samples_sizes_and_files_of_each_part() -> None:
    files = {"a/1": encoded(noise(1)), "b/1": encoded(noise(2, 6, 10))}
    with pytest.warns(UserWarning, match="a note|of other kinds"):
        data = read_sorted("x", "X", listing(files), laid("a/1", "b/1"), Pictures(side=6))
    reading = data.reading
    assert (reading.smallest, reading.largest) == ((6, 8), (6, 10))
    assert reading.files == {"training": ("a/1", "b/1")}
    assert reading.to_json() == {"passed_over": {".txt": 1}, "skipped": [], "notes": ["a note"]}


def test_bad_pictures_of_an_archive_are_named_by_their_path() -> None:
    files = {"a/1": encoded(noise(1)), "b/1": encoded(noise(2))[:50], "a/2": b""}
    with pytest.raises(
        DataError, match=r"X has 2 unusable pictures(.|\n)*b/1 cannot(.|\n)*a/2 is empty"
    ):
        read_sorted("x", "X", listing(files), laid("a/1", "b/1", "a/2"), Pictures())


def test_notes_that_repeat_are_told_once() -> None:
    deep = np.arange(48, dtype=np.uint16).reshape(6, 8) * 50
    files = {f"{'ab'[i % 2]}/{i}": encoded(deep + i) for i in range(4)}
    with pytest.warns(
        UserWarning, match=r"a/0 holds values up to .*; so do 3 more|other kinds|a note"
    ):
        read_sorted("x", "X", listing(files), laid(*files), Pictures(side=None, channels=1))


def test_what_is_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="size is"):
        Pictures(size=(3,)).check()
    with pytest.raises(DataError, match="no folder of pictures was named"):
        base_of("", None)
    assert base_of("pets", tmp_path) == tmp_path / "pets"
