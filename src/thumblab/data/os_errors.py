"""What the system says of a path that cannot be reached, as our error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from thumblab.core.errors import DataError


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Raises ``DataError`` if the system forbids to look at ``path``, or at what is looked at inside of this.

    It does so for a name that is too long and for want of rights; a path that does not exist is none of it.
    """
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
        yield
    except OSError as error:
        raise DataError(
            f"{error.filename or path} cannot be read ({error.strerror}); check its name and rights"
        ) from error
