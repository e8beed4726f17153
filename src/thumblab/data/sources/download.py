"""Fetches the official files of a data set: the only code of the package that uses the network."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import type_name
from thumblab.data.distribution import Distribution, Download
from thumblab.data.sources.dataset_spec import DatasetSpec, distribution
from thumblab.data.sources.locate import cache

SILENCE_SECONDS = 30.0
"""A server that sends nothing for so long is given up."""

SLOWEST_BYTES_PER_SECOND = 20_000
"""A server that is slower than this on average is given up; so a download always ends."""


def download(source: DatasetSpec, folder: Path | str | None = None) -> Path:
    """Brings the official files of ``source`` to this machine, and says where they are.

    A file appears under its name only once its SHA-256 is right; one that is there is not fetched
    again. Where a mirror fails, or sends other bytes, the next one is tried.

    Args:
        source: Which data set.
        folder: Where to put it; None means the cache, where ``read`` looks by itself.

    Raises:
        UsageError: If nothing is published for ``source``.
        DataError: If no mirror gave a right file.
    """
    published = distribution(source)
    if published is None or not published.downloads:
        raise UsageError(
            f"{type_name(type(source))} has nothing to download; give the folder that holds it",
            remedies=("root",),
        )
    return fetch(published, folder)


def fetch(published: Distribution, folder: Path | str | None = None) -> Path:
    """The folder that holds every file of ``published``, fetched where it was missing."""
    target = Path(folder) if folder else cache(published)
    for file in published.downloads:
        _first_right(published.name, file, target)
    return target


def _first_right(name: str, file: Download, target: Path) -> None:
    import pooch
    import urllib3

    pooch.get_logger().setLevel("ERROR")
    reasons = []
    for url in file.urls:
        try:
            pooch.retrieve(
                url,
                known_hash=f"sha256:{file.sha256}",
                fname=file.file,
                path=target,
                downloader=_Stream(file.megabytes * 1_000_000),
            )
        except ValueError:
            reasons.append(f"{url}: not the bytes with the known SHA-256")
        except (OSError, urllib3.exceptions.HTTPError) as error:
            reasons.append(f"{url}: {_short(error)}")
        else:
            return
    tried = "".join(f"\n  {reason}" for reason in reasons)
    raise DataError(
        f"{name}: {file.file} could not be downloaded; get it by other means and give "
        f"its folder. Tried:{tried}",
        remedies=("root",),
    )


def _short(error: Exception) -> str:
    """Few words: what requests says of itself runs over several lines."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"answered {response.status_code}"
    return str(error) if type(error) is OSError else type(error).__name__


class _Stream:
    """A downloader for pooch that gives up on silence, slowness and too many bytes."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, url: str, output: Any, pooch: object) -> None:
        import requests

        seconds = SILENCE_SECONDS + self.most / SLOWEST_BYTES_PER_SECOND
        end, left = time.monotonic() + seconds, self.most
        with requests.get(url, stream=True, timeout=SILENCE_SECONDS) as answer:
            answer.raise_for_status()
            with Path(output).open("wb") as file:
                # Not iter_content: it waits for whole chunks, so a drip would outlast the deadline.
                while piece := answer.raw.read1(1 << 16, decode_content=True):
                    left -= len(piece)
                    if left < 0:
                        raise OSError(f"more than {self.most:,} bytes")
                    if time.monotonic() > end:
                        raise OSError(f"slower than {SLOWEST_BYTES_PER_SECOND:,} bytes/s")
                    file.write(piece)
