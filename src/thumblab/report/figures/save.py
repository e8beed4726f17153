"""A figure as a file; the same figure gives the same bytes, on any day and in any process."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from thumblab.core.errors import UsageError
from thumblab.report.figures.size import PAPER
from thumblab.report.figures.style import settings
from thumblab.storage.delivery import deliver

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_DATE: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
"""Formats by their suffix, and what matplotlib would write about when and with what."""

DOTS = 200
"""Pixels of an inch in PNG."""


def file_format(path: Path) -> str:
    """``svg``, ``pdf`` or ``png``, by the suffix of ``path``.

    Raises:
        UsageError: If it has another.
    """
    found = path.suffix.lower().removeprefix(".")
    if found not in NO_DATE:
        raise UsageError(f"{path} is no figure; give it one of the suffixes .svg, .pdf and .png")
    return found


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """The figure as ``svg``, ``pdf`` or ``png``, without a date.

    >>> from thumblab.report.figures import class_counts
    >>> figure_bytes(class_counts({"train": [3, 5]}, ["cat", "dog"]), "pdf")[:5]
    b'%PDF-'
    """
    wanted = settings(PAPER)
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context(wanted):
        figure.savefig(buffer, format=kind, dpi=DOTS, metadata=NO_DATE[kind])
    return buffer.getvalue()


def write_figure(figure: Figure, path: Path | str) -> int:
    """Writes the figure in the format of the suffix.

    Args:
        figure: What to write.
        path: A file that ends in ``.svg``, ``.pdf`` or ``.png``; replaced whole or not at all.

    Returns:
        How many bytes it has.

    Raises:
        UsageError: If the suffix is another one.
        WriteError: If the file cannot be written.
    """
    content = figure_bytes(figure, file_format(Path(path)))
    deliver(Path(path), content, name="figure")
    return len(content)
