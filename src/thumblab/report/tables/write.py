"""A table in the format that the suffix of its file names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thumblab.core.errors import UsageError
from thumblab.report.tables.csv_table import csv_table
from thumblab.report.tables.json_table import json_table
from thumblab.report.tables.latex_table import latex_table
from thumblab.report.tables.markdown_table import markdown_table
from thumblab.report.tables.rows import Row
from thumblab.storage.delivery import deliver

FORMATS = {".csv": csv_table, ".json": json_table, ".md": markdown_table, ".tex": latex_table}


def table_text(rows: Sequence[Row], suffix: str) -> str:
    r"""The table in the format of a suffix.

    Args:
        rows: Cells by the name of their column; a row may lack some.
        suffix: ``.csv``, ``.json``, ``.md`` or ``.tex``.

    Raises:
        UsageError: If the suffix is another one.

    >>> table_text([{"arm": "plain", "seeds": 5}], ".csv")
    'arm,seeds\r\nplain,5\r\n'
    """
    if suffix.lower() not in FORMATS:
        raise UsageError(
            f"{suffix!r} is no format of a table; give a file that ends in .csv, .json, .md or .tex"
        )
    return FORMATS[suffix.lower()](rows)


def write_table(rows: Sequence[Row], path: Path | str) -> int:
    """Writes the table to a file in the format of its suffix.

    Args:
        rows: Cells by the name of their column.
        path: The file; replaced whole or not at all.

    Returns:
        How many bytes it has.

    Raises:
        UsageError: If the suffix is none of ``.csv``, ``.json``, ``.md`` and ``.tex``.
        WriteError: If the file cannot be written.
    """
    content = table_text(rows, Path(path).suffix).encode("utf-8", "replace")
    deliver(Path(path), content, name="table")
    return len(content)
