"""The official files of a data set: what they are called, where they lie, and their SHA-256."""

from __future__ import annotations

from dataclasses import dataclass

VARIABLE = "THUMBLAB_DATA"
"""Environment variable that names the folder of data sets."""


@dataclass(frozen=True)
class Download:
    """One official file.

    Attributes:
        file: Its name.
        sha256: 64 hex digits that its bytes must have.
        megabytes: Its size, rounded up; a longer answer is cut off.
        urls: Where it is served; tried in order.
    """

    file: str
    sha256: str
    megabytes: int
    urls: tuple[str, ...]


@dataclass(frozen=True)
class Distribution:
    """How a data set is published.

    Attributes:
        name: Name of the set on the command line.
        folders: Sub-folders its files are known to lie in, tried before the folder itself.
        archive: File name of the official archive, or empty.
        downloads: Files to fetch; empty where no trustworthy checksum is known.
        more_archives: Other names the archive is known by.
    """

    name: str
    folders: tuple[str, ...] = ()
    archive: str = ""
    downloads: tuple[Download, ...] = ()
    more_archives: tuple[str, ...] = ()

    @property
    def archives(self) -> tuple[str, ...]:
        """Every name of the archive."""
        return (*((self.archive,) if self.archive else ()), *self.more_archives)
