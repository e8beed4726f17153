"""A run folder as bytes, to be sent from the machine that trained it; nothing in it is trusted."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path, PurePosixPath

from thumblab.core.errors import RunError

MOST_FILES = 10_000
DEEPEST = 12
_PART = re.compile(r"[\w@+-][\w@+.-]{0,150}")


def pack(folder: Path) -> bytes:
    """The files below ``folder`` as a zip archive, without those whose names begin with a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in inner.parts):
                archive.write(path, inner.as_posix())
    return content.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Writes what ``pack`` has put into ``content`` below ``folder``, which is made.

    Raises:
        RunError: If it is no such archive: damaged, compressed, or with names that lead elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            for member in members:
                _check(member, len(members))
            for member in members:  # never by the archive's own means: they follow its names
                path = folder.joinpath(*PurePosixPath(member.filename).parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(archive.read(member))
    except (zipfile.BadZipFile, FileExistsError, EOFError, NotImplementedError) as error:
        raise RunError(
            f"a run that was sent is damaged ({error}); it has to be trained again"
        ) from error


def _check(member: zipfile.ZipInfo, count: int) -> None:
    parts = member.filename.split("/")
    good = all(_PART.fullmatch(part) for part in parts) and len(parts) <= DEEPEST
    stored = member.compress_type == zipfile.ZIP_STORED and not member.is_dir()
    if not (good and stored and count <= MOST_FILES):
        raise zipfile.BadZipFile(f"member {member.filename[:100]!r}")
