import gzip
import io
import random
import resource
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thumblab.core.errors import DataError
from thumblab.data.sources.archive import members, unpacked

NOISE = random.Random(0).randbytes(5000)
WANTED = {"set/a.bin", "set/b.bin"}


def tar_of(path: Path, *entries: tuple[str, bytes] | tarfile.TarInfo, **options) -> Path:
    with tarfile.open(path, "w:gz", **options) as tar:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                tar.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                tar.addfile(info, io.BytesIO(entry[1]))
    return path


def link(name: str, kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("layout", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_wanted_members_of_a_tar_are_read_and_others_passed_over(layout, tmp_path) -> None:
    path = tar_of(
        tmp_path / "x.tar.gz",
        ("./set/a.bin", NOISE),
        ("set/readme.html", b"no"),
        ("x" * 90 + "/" + "y" * 90, b"a long name"),
        ("set/b.bin", b""),
        format=layout,
    )
    assert members(path, WANTED) == {"set/a.bin": NOISE, "set/b.bin": b""}


def test_wanted_members_of_a_zip_are_read(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("set/a.bin", NOISE)
        archive.writestr("../set/b.bin", b"no")
    assert members(tmp_path / "x.zip", WANTED) == {"set/a.bin": NOISE}


def test_links_devices_and_paths_outside_are_never_followed(tmp_path) -> None:
    path = tar_of(
        tmp_path / "x.tar.gz",
        ("../set/a.bin", b"outside"),
        ("/set/a.bin", b"absolute"),
        link("set/a.bin", tarfile.SYMTYPE),
        link("set/a.bin", tarfile.LNKTYPE),
        link("set/a.bin", tarfile.CHRTYPE),
        link("set/b.bin", tarfile.DIRTYPE),
    )
    before = sorted(tmp_path.rglob("*"))
    assert members(path, WANTED) == {}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_that_comes_twice_is_refused(tmp_path) -> None:
    path = tar_of(tmp_path / "x.tar.gz", ("set/a.bin", b"1"), ("set/a.bin", b"2"))
    with pytest.raises(DataError, match=r"holds set/a\.bin twice"):
        members(path, WANTED)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path) -> None:
    info = tarfile.TarInfo("zeros")
    info.size = 10 << 30
    with gzip.open(tmp_path / "x.tar.gz", "wb") as out:
        out.write(info.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError, match=r"x\.tar\.gz is not a|unpacks to over 1,073,741,824 bytes"):
        members(tmp_path / "x.tar.gz", WANTED)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_huge_header_record_allocates_nothing(tmp_path) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 32
    with gzip.open(tmp_path / "x.tar.gz", "wb") as out:
        out.write(info.tobuf(tarfile.USTAR_FORMAT))
    with pytest.raises(DataError, match="unpacks to over"):
        members(tmp_path / "x.tar.gz", WANTED)


def test_too_many_members_are_refused(tmp_path) -> None:
    path = tar_of(tmp_path / "x.tar.gz", *((f"f{i}", b"") for i in range(1001)))
    with pytest.raises(DataError, match="has more than 1,000 members"):
        members(path, WANTED)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for i in range(1001):
            archive.writestr(f"f{i}", b"")
    with pytest.raises(DataError, match="has 1,001 members; at most 1,000"):
        members(tmp_path / "x.zip", WANTED)


def test_a_zip_that_lies_about_its_members_is_refused(tmp_path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(1001):
            archive.writestr(f"f{i}", b"")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\5\6")
    data[at + 8 : at + 12] = struct.pack("<HH", 1, 1)
    path.write_bytes(data)
    with pytest.raises(DataError, match="has 1,001 members; at most 1,000"):
        members(path, WANTED)
    data[at + 12 : at + 16] = struct.pack("<I", 1 << 21)
    path.write_bytes(data)
    with pytest.raises(DataError, match="lists more than 1,048,576 bytes of members"):
        members(path, WANTED)


def test_a_wanted_member_that_grows_beyond_all_measure_is_refused(tmp_path) -> None:
    zeros = bytes(40 << 20)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("set/a.bin", zeros)
    tar_of(tmp_path / "x.tar.gz", ("set/a.bin", zeros))
    for name in ("x.zip", "x.tar.gz"):
        with pytest.raises(DataError, match="claims 41,943,040 bytes; at most 16,777,216"):
            members(tmp_path / name, WANTED)


def test_members_that_are_too_long_together_are_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("thumblab.data.sources.archive.ARCHIVE_BYTES", 8_000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in WANTED:
            archive.writestr(name, NOISE)
    with pytest.raises(DataError, match="unpacks to over 8,000 bytes"):
        members(tmp_path / "x.zip", WANTED)


def test_a_zip_member_that_lies_about_its_size_is_refused(tmp_path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("set/a.bin", b"12345")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<I", 2**31)
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"claims 2,147,483,648 bytes|is damaged"):
        members(path, WANTED)


def packed(tmp_path: Path, kind: str) -> Path:
    if kind == "x.zip":
        with zipfile.ZipFile(tmp_path / kind, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("set/a.bin", NOISE)
            archive.writestr("set/b.bin", NOISE[:99] * 20)
        return tmp_path / kind
    return tar_of(tmp_path / kind, ("set/a.bin", NOISE), ("set/b.bin", NOISE[:99] * 20))


@pytest.mark.parametrize("kind", ["x.tar.gz", "x.zip"])
def test_a_flipped_bit_of_an_archive_is_refused_or_changes_nothing(kind, tmp_path) -> None:
    """A flip in the packed pixels used to be read as other pixels: gzip's checksum was never reached."""
    path, wanted = packed(tmp_path, kind), WANTED
    whole, right = path.read_bytes(), members(packed(tmp_path, kind), WANTED)
    assert set(right) == wanted
    draw, refused = random.Random(1), 0
    for _ in range(200):
        at = draw.randrange(8 * len(whole))
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        path.write_bytes(flipped)
        try:
            found = members(path, WANTED)
        except DataError:
            refused += 1
        else:
            # A flip in a member's name leaves that member out, which its reader then refuses.
            assert all(found[name] == right[name] for name in found)
    assert refused > 180


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_truncated_tar_is_refused(share, tmp_path) -> None:
    path = tar_of(tmp_path / "x.tar.gz", ("set/a.bin", NOISE))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(DataError, match=r"is damaged|ends after|truncated"):
        members(path, WANTED)


def test_a_tar_that_ends_inside_a_member_is_refused(tmp_path) -> None:
    path = tar_of(tmp_path / "x.tar.gz", ("set/a.bin", NOISE))
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:2000]))
    with pytest.raises(DataError, match=r"set/a\.bin in .* ends after 1,488 of 5,000 bytes"):
        members(path, WANTED)
    with pytest.raises(DataError, match="is a truncated archive"):
        members(path, set())


def test_something_else_is_refused(tmp_path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(DataError, match="is damaged"):
        members(path, WANTED)
    path.write_bytes(gzip.compress(b"<html>404</html>"))
    with pytest.raises(DataError, match=r"is not a \.tar\.gz or \.zip archive"):
        members(path, WANTED)


@settings(deadline=None)
@given(st.binary(max_size=600), st.booleans())
def test_any_bytes_are_an_archive_or_refused(tmp_path_factory, data, packed) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(gzip.compress(data) if packed else data)
    try:
        assert members(path, WANTED) == {}
    except DataError as refused:
        assert "any" in str(refused)  # noqa: PT017 - either outcome is right


def test_what_is_not_gzip_is_left_alone() -> None:
    assert unpacked(NOISE, "x") is NOISE
    assert unpacked(gzip.compress(NOISE), "x") == NOISE
    assert unpacked(gzip.compress(NOISE) + gzip.compress(b"more"), "x") == NOISE + b"more"


def test_damaged_gzip_is_refused() -> None:
    whole = gzip.compress(NOISE)
    for broken in (whole[:-9], whole[:40], whole[:300] + b"!!" + whole[302:], whole + b"tail"):
        with pytest.raises(DataError, match="x is damaged gzip"):
            unpacked(broken, "x")


def test_a_flipped_bit_of_a_gzip_file_is_refused_or_changes_nothing() -> None:
    whole, draw, refused = gzip.compress(NOISE), random.Random(2), 0
    for _ in range(200):
        at = draw.randrange(8 * len(whole))
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        try:
            # Without the two bytes that say so, it is no gzip, and the next reader's header refuses.
            assert unpacked(bytes(flipped), "x") in (NOISE, flipped)
        except DataError:
            refused += 1
    assert refused > 190


def test_a_gzip_bomb_is_refused() -> None:
    bomb = gzip.compress(bytes(20 << 20), 9)
    with pytest.raises(DataError, match="x unpacks to over 16,777,216 bytes"):
        unpacked(bomb, "x")


def zip_of(path: Path, packing: int, count: int = 3) -> bytearray:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for number in range(count):
            archive.writestr(f"set/{number}.bin", NOISE)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize(
    ("packing", "mark", "at", "bytes_there"),
    [
        (zipfile.ZIP_LZMA, b"set/0.bin", 13, b"\xff\xff\xff\xff"),  # of LZMA's own settings
        (zipfile.ZIP_STORED, b"PK\1\2", 46, b"\0"),  # a name without a letter
    ],
)
def test_whatever_is_damaged_in_a_zip_is_told_as_damage(
    packing, mark, at, bytes_there, tmp_path
) -> None:
    path = tmp_path / "x.zip"
    data = zip_of(path, packing)
    at += data.index(mark)
    data[at : at + len(bytes_there)] = bytes_there
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"is damaged|is not a|lists|truncated"):
        members(path, {f"set/{number}.bin" for number in range(3)} | {""})


def test_names_in_no_encoding_are_damage(tmp_path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("set/é.bin", NOISE)
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    with pytest.raises(DataError, match=r"is damaged .*utf-8.*; download it again"):
        members(path, WANTED)


def test_a_member_that_swallows_the_next_ones_loses_none_in_silence(tmp_path) -> None:
    path = tmp_path / "x.zip"
    data = zip_of(path, zipfile.ZIP_STORED)
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    struct.pack_into("<H", data, second + 32, 0x100)  # length of its comment
    path.write_bytes(data)
    with pytest.raises(DataError, match="lists 2 of its 3 members; download it again"):
        members(path, WANTED)
