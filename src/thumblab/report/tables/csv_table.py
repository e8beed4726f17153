"""A table as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from thumblab.report.tables.rows import Cell, Row, heads


def csv_table(rows: Sequence[Row]) -> str:
    r"""A head and the rows; numbers with all of their digits, so that they are the same when read.

    Args:
        rows: A gap is an empty cell, True and False are ``true`` and ``false``, as in JSON.

    >>> csv_table([{"arm": 'a "b", c', "mean": 0.1 + 0.2}, {"arm": None, "mean": 1}])
    'arm,mean\r\n"a ""b"", c",0.30000000000000004\r\n,1\r\n'
    """
    names, buffer = heads(rows), io.StringIO(newline="")
    writer = csv.writer(buffer)
    if names:
        writer.writerow(names)
        writer.writerows([_text(row.get(name)) for name in names] for row in rows)
    return buffer.getvalue()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell if isinstance(cell, str) else repr(cell)
