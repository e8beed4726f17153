"""What the system says of a path that cannot be reached, as our error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thumblab.core.errors import DataError


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Looking at ``path`` or beside it inside of this raises ``DataError`` where the system forbids it.

    A name that is too long and a folder without rights raise even where one asks whether they exist.
    """
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{error.filename or path} cannot be read ({error.strerror}); check its name and rights"
        ) from error
