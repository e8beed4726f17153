"""A table as JSON: a list of objects."""

from __future__ import annotations

import json
from collections.abc import Sequence

from thumblab.report.embed import finite
from thumblab.report.tables.rows import Row


def json_table(rows: Sequence[Row]) -> str:
    r"""One object a row; numbers that JSON cannot write (NaN, infinity) are null.

    >>> json_table([{"arm": "plain", "mean": 0.5}])
    '[\n {\n  "arm": "plain",\n  "mean": 0.5\n }\n]\n'
    """
    plain = [finite(dict(row)) for row in rows]
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
