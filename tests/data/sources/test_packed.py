import io
import random
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data import Folder, Packed, read, read_to_test
from thumblab.data.sources.archive import Limits


def png(seed: int) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


LONG = "a-long-name-" * 7
FILES = {
    **{f"pets/Train/cat/{LONG}{i}.png": png(i) for i in range(3)},
    **{f"pets/Train/dog/{i}.PNG": png(10 + i) for i in range(2)},
    "pets/Test/dog/no-suffix": png(20),
    "__MACOSX/pets/Train/cat/._x.png": b"?",
}


def packed(path: Path, files: dict[str, bytes], layout: int = tarfile.PAX_FORMAT) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("pets/", b"")
            for name, data in files.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz", format=layout) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tgz"])
@pytest.mark.parametrize("layout", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_an_archive_is_read_as_the_folder_it_was_made_of(name, layout, shelve, tmp_path) -> None:
    files = {name: data for name, data in FILES.items() if "MACOSX" not in name}
    folder = shelve(tmp_path / "x", files)
    with pytest.warns(UserWarning, match="lies in .*x/pets, which is read"):
        right = read(Folder(str(folder), side=8))
    path = packed(tmp_path / name, FILES, layout)
    with pytest.warns(UserWarning, match="pets, which is read"):
        found = read(Packed(str(path), side=8))
    assert found.fingerprint == right.fingerprint
    assert (found.name, found.source) == ("x", Packed(str(path), side=8))
    assert sorted(tmp_path.iterdir()) == sorted([folder, path])


def test_members_outside_of_the_archive_are_passed_over(tmp_path) -> None:
    files = {f"{name}/{i}.png": png(i) for i in range(2) for name in ("a", "b")}
    path = packed(tmp_path / "x.zip", files | {"../c/1.png": png(3), "/d/1.png": png(4)})
    assert read(Packed(str(path))).classes == ("a", "b")


def test_a_flipped_bit_is_refused_or_changes_nothing(tmp_path) -> None:
    files = {f"{name}/{i}.png": png(i) for i in range(2) for name in ("a", "b")}
    path = packed(tmp_path / "x.tar.gz", files)
    whole, right, draw = path.read_bytes(), read(Packed(str(path))).fingerprint, random.Random(0)
    for _ in range(60):
        at = draw.randrange(8 * len(whole))
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        path.write_bytes(flipped)
        try:
            assert read(Packed(str(path))).fingerprint == right
        except DataError:
            continue


def test_a_flat_archive_given_to_be_tested_on(tmp_path) -> None:
    path = packed(tmp_path / "x.zip", {"cat/1.png": png(1), "cat/2.png": png(2)})
    with pytest.warns(UserWarning, match="all its 2 pictures are tested on"):
        assert read_to_test(Packed(str(path))).test is not None


def test_other_packers_and_too_many_members_are_refused(tmp_path, monkeypatch) -> None:
    (tmp_path / "x.tgz").write_bytes(b"BZh9" + bytes(600))
    with pytest.raises(DataError, match=r"is packed by bzip2; pack it again as \.zip or \.tar\.gz"):
        read(Packed(str(tmp_path / "x.tgz")))
    with pytest.raises(DataError, match=r"nowhere is not a file; give a \.zip, \.tar"):
        read(Packed("nowhere"))
    monkeypatch.setattr("thumblab.data.sources.packed.OF_PICTURES", Limits(members=3))
    path = packed(tmp_path / "x.zip", FILES)
    with pytest.raises(DataError, match="has 8 members; at most 3 are read"):
        read(Packed(str(path)))
