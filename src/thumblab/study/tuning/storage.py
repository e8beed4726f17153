"""Where Optuna keeps trials: a file of SQLite, or a database that several machines reach."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import optuna
from optuna.exceptions import StorageInternalError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from thumblab.core.errors import UsageError, WriteError
from thumblab.core.library_error import reason

ATTEMPTS = 5
SQLITE_SECONDS = 60
"""How long a process waits while another writes the same file."""


@contextmanager
def quietly() -> Iterator[None]:
    """Optuna's own lines, and its warnings of experimental parts, are not shown; its settings stay.

    Raises:
        WriteError: If the storage cannot be reached any more.
    """
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    except StorageInternalError as error:
        why = reason(getattr(error.__cause__, "orig", None) or error)
        raise WriteError(
            f"the storage of the trials cannot be reached ({why}); trials that are over are kept, so search "
            "again once it can"
        ) from error
    finally:
        optuna.logging.set_verbosity(level)


def open_storage(url: str) -> optuna.storages.RDBStorage:
    """The storage at a URL, such as ``sqlite:///search.sqlite`` or ``postgresql://user@host/name``.

    Raises:
        UsageError: If it cannot be opened, or its driver is not installed. Its message holds no password.
    """
    try:
        shown = make_url(url).render_as_string(hide_password=True)
    except ArgumentError as error:
        raise UsageError(
            "the storage is no URL of a database; write postgresql://USER@HOST/NAME, or leave it out"
        ) from error
    waits = {"connect_args": {"timeout": SQLITE_SECONDS}} if url.startswith("sqlite") else {}
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with quietly():
                return optuna.storages.RDBStorage(url, engine_kwargs=waits)
        except ImportError as error:
            missing = getattr(error.__cause__, "name", None) or "its driver"
            raise UsageError(
                f"the storage {shown} needs {missing}, which is not installed; for PostgreSQL, pip install "
                "'psycopg[binary]'"
            ) from error
        except (SQLAlchemyError, RuntimeError, ValueError) as error:
            if attempt == ATTEMPTS or not isinstance(error, DBAPIError):
                why = reason(getattr(error, "orig", None) or error)
                raise UsageError(
                    f"the storage {shown} cannot be opened ({why}); check its address, or leave it out"
                ) from error
        time.sleep(0.2 * attempt)  # another process may make its tables at this very moment
    raise AssertionError
