"""The trials of a search as pages of optuna-dashboard, an extra: ``pip install 'thumblab[dashboard]'``."""

from __future__ import annotations

from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from thumblab.core.errors import UsageError
from thumblab.study.searching import STORAGE, storage_url

HOST = "127.0.0.1"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are not printed."""


def serve(folder: Path, *, storage: str | None = None, port: int = 8080) -> WSGIServer:
    """A server on this machine alone; ``serve_forever`` answers, and leaving its context closes it.

    Args:
        folder: Of the study's records.
        storage: URL of the database, if it is not the file in that folder.
        port: That it listens on; 0 for any that is free.

    Raises:
        UsageError: If there are no trials yet, optuna-dashboard is not installed, or the port is taken.
    """
    if storage is None and not (folder / STORAGE).exists():
        raise UsageError(f"there are no trials in {folder}; search first", remedies=("search",))
    try:
        from optuna_dashboard import wsgi

        from thumblab.study.tuning import open_storage
    except ModuleNotFoundError as error:
        raise UsageError(
            "trials are shown by optuna-dashboard; install it with pip install 'thumblab[dashboard]'"
        ) from error
    application = wsgi(open_storage(storage_url(folder, storage)))
    try:
        return make_server(HOST, port, application, server_class=_Server, handler_class=_Silent)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"port {port} of {HOST} cannot be opened ({error}); choose another, or 0 for any"
        ) from error
