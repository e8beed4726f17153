"""Expected members of a ``.tar.gz`` or ``.zip``, read as streams.

Nothing is ever extracted by name: links, devices, ``..`` and every member that was not asked for
are passed over. Sizes are checked before they are believed, so a bomb costs time at most.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, runtime_checkable

from thumblab.core.errors import DataError
from thumblab.core.library_error import reason

MEMBER_BYTES = 1 << 30
"""No file of a data set may be longer, packed or not."""

ARCHIVE_BYTES = 1 << 30
"""An archive is unpacked no further than this; the official ones reach 184 MB, and EMNIST's 560 MB."""

MEMBERS = 1000
"""No archive may have more; the official ones have 8 to 31."""

RATIO, SMALL = 200, 1 << 24
"""A packed file may grow 200-fold, or to 16 MiB if that is more."""


@runtime_checkable
class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


Member = tuple[str, int, int, _Stream]
"""Name, size in bytes, bytes that it is packed in at most, and a stream that stands at its first byte."""

DIRECTORY_BYTES = 1 << 20
"""What a ``.zip`` says of its members may not be longer."""

NAME_BYTES = 1 << 16
"""A ``.tar`` may spend no more on the name of a member."""


@dataclass(frozen=True)
class Limits:
    """How many members are read, and how long a ``.zip`` may be about them."""

    members: int = MEMBERS
    directory: int = DIRECTORY_BYTES


OF_PICTURES = Limits(500_000, 1 << 27)
"""For an archive of one's own, with a member for each picture."""

_CHUNK, _BLOCK, _ZIP_TAIL = 1 << 20, 512, 65_557
_UNCOUNTED = 0xFFFF
"""What a ``.zip`` says of its members where there are too many for two bytes."""

_BROKEN = (OSError, EOFError, zlib.error)


def members(path: Path, wanted: Container[str], limits: Limits | None = None) -> dict[str, bytes]:
    """The bytes of those members of ``path`` whose name is in ``wanted``.

    Raises:
        DataError: If the archive is damaged, too large, or holds a wanted name twice.
    """
    found: dict[str, bytes] = {}
    try:
        walk = _zip if zipfile.is_zipfile(path) else _tar
        total = 0
        for name, size, packed, stream in walk(path, wanted, limits or Limits()):
            if name in found:
                raise DataError(f"{path} holds {name} twice; download the archive again")
            if size > (most := _most(packed)):
                raise DataError(f"{name} in {path} claims {size:,} bytes; at most {most:,}")
            total += size
            if total > ARCHIVE_BYTES:
                raise DataError(f"{path} unpacks to over {ARCHIVE_BYTES:,} bytes; not read")
            found[name] = _exactly(stream, size, f"{name} in {path}")
    except (DataError, MemoryError):
        raise
    except Exception as error:  # of every kind: LZMA's and Unicode's too
        raise DataError(f"{path} is damaged ({reason(error)}); download it again") from error
    return found


def unpacked(data: bytes, name: str) -> bytes:
    """``data`` itself, or what it unpacks to if it is gzip.

    Raises:
        DataError: If the gzip is damaged or truncated, or grows beyond all measure.
    """
    if data[:2] != b"\x1f\x8b":
        return data
    most = _most(len(data))
    whole = bytearray()
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            while piece := stream.read(_CHUNK):
                whole += piece
                if len(whole) > most:
                    raise DataError(f"{name} unpacks to over {most:,} bytes; give the real file")
    except _BROKEN as error:
        raise DataError(f"{name} is damaged gzip ({error}); get it again") from error
    return bytes(whole)


def _most(packed: int) -> int:
    """How long a file may be that is packed in so many bytes."""
    return min(MEMBER_BYTES, max(SMALL, RATIO * packed))


def _exactly(stream: _Stream, size: int, name: str) -> bytes:
    """``size`` bytes of ``stream``, taken in small pieces so that a lie allocates nothing."""
    data = bytearray()
    while len(data) < size:
        piece = stream.read(min(_CHUNK, size - len(data)))
        if not piece:
            raise DataError(f"{name} ends after {len(data):,} of {size:,} bytes; get it again")
        data += piece
    return bytes(data)


def _zip(path: Path, wanted: Container[str], limits: Limits) -> Iterator[Member]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _ZIP_TAIL))
        tail = file.read()
    entries, directory = struct.unpack_from("<HI", tail, tail.rfind(b"PK\5\6") + 10)
    _check_members(path, entries, limits)
    if directory > limits.directory:
        raise DataError(f"{path} lists more than {limits.directory:,} bytes of members; not read")
    with zipfile.ZipFile(path) as archive:
        there = len(archive.infolist())
        _check_members(path, there, limits)  # the count above may be a lie
        if entries not in (there, _UNCOUNTED):  # a record that swallows those behind it
            raise DataError(f"{path} lists {there:,} of its {entries:,} members; download it again")
        for info in archive.infolist():
            if info.filename in wanted and not info.is_dir():
                packed = min(info.compress_size, path.stat().st_size)
                with archive.open(info) as stream:
                    yield info.filename, info.file_size, packed, stream


def _check_members(path: Path, count: int, limits: Limits) -> None:
    if count > limits.members:
        raise DataError(f"{path} has {count:,} members; at most {limits.members:,} are read")


def _tar(path: Path, wanted: Container[str], limits: Limits) -> Iterator[Member]:
    with _tar_stream(path) as stream:
        longer = ""
        for _ in range(limits.members):
            header = stream.read(_BLOCK)
            if not header.strip(b"\0"):
                return _to_the_end(stream, path)
            name, size, kind = _tar_header(header, path)
            end = stream.tell() - (-size // _BLOCK) * _BLOCK
            if end > ARCHIVE_BYTES:
                raise DataError(f"{path} unpacks to over {ARCHIVE_BYTES:,} bytes; not read")
            if kind in _NAMES and size <= NAME_BYTES:
                longer = _longer(kind, _exactly(stream, size, f"a name in {path}")) or longer
            elif kind in _FILES and (longer or name) in wanted:
                yield longer or name, size, path.stat().st_size, stream
            if kind not in _NAMES:
                longer = ""
            while stream.tell() < end:
                if not stream.read(min(_CHUNK, end - stream.tell())):
                    raise DataError(f"{path} is a truncated archive; download it again")
    raise DataError(f"{path} has more than {limits.members:,} members; not read")


_FILES = (b"0", b"\0")
_NAMES = (b"L", b"x")
"""Members that hold the name of the next one: GNU's and POSIX.1-2001's."""


def _tar_stream(path: Path) -> gzip.GzipFile | IO[bytes]:
    with path.open("rb") as file:
        head = file.read(6)
    for magic, packer in (
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ", "xz"),
        (b"Rar!", "rar"),
        (b"7z", "7-Zip"),
    ):
        if head.startswith(magic):
            raise DataError(f"{path} is packed by {packer}; pack it again as .zip or .tar.gz")
    plain = head[:2] != b"\x1f\x8b" and head and _is_tar(path)
    return path.open("rb") if plain else gzip.open(path)


def _is_tar(path: Path) -> bool:
    with path.open("rb") as file, suppress(DataError):
        _tar_header(file.read(_BLOCK), path)
        return True
    return False


def _longer(kind: bytes, text: bytes) -> str:
    """The name that a member of names gives to the next one; empty if it gives none."""
    if kind == b"L":
        return text.split(b"\0")[0].decode("utf-8", "replace").removeprefix("./")
    for line in text.split(b"\n"):
        _, _, record = line.partition(b" ")
        if record.startswith(b"path="):
            return record[5:].decode("utf-8", "replace").removeprefix("./")
    return ""


def _to_the_end(stream: gzip.GzipFile | IO[bytes], path: Path) -> None:
    """Reads what lies behind the last member: only at its end does gzip compare its checksum."""
    while stream.read(_CHUNK):
        if stream.tell() > ARCHIVE_BYTES:
            raise DataError(f"{path} unpacks to over {ARCHIVE_BYTES:,} bytes; not read")


def _tar_header(header: bytes, path: Path) -> tuple[str, int, bytes]:
    """Name, size in bytes, and kind of a member (a POSIX.1-1988 ustar header)."""
    sums = sum(header[:148]) + 8 * ord(" ") + sum(header[156:])
    try:
        right = len(header) == _BLOCK and int(header[148:156].strip(b"\0 "), 8) == sums
        size = int(header[124:136].strip(b"\0 ") or b"0", 8)
    except ValueError:
        right = False
    if not right or size < 0:
        raise DataError(f"{path} is not a .tar.gz or .zip archive, or is damaged")
    name = header[:100].split(b"\0")[0]
    if header[257:263] == b"ustar\0" and (folder := header[345:500].split(b"\0")[0]):
        name = folder + b"/" + name
    return name.decode("utf-8", "replace").removeprefix("./"), size, header[156:157]
