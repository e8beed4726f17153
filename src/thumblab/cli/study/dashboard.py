"""``thumblab study dashboard``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.stopping import Stopped, stopping_at_once
from thumblab.cli.study.options import StudyOptions


def dashboard(
    file: Path,
    /,
    *,
    options: StudyOptions | None = None,
    storage: str | None = None,
    port: int = 8080,
    open_: Annotated[bool, Parameter(name="--open")] = False,
    json: Json = False,
) -> int:
    """Show the trials of a study's search in a browser, until Ctrl-C.

    Example: `thumblab study dashboard studies/search.toml`

    The page is optuna-dashboard's, on this machine alone: pip install 'thumblab[dashboard]'.

    Args:
        file: Study file with a [search].
        options: Which study, and where its runs lie.
        storage: Database of the trials, if it is not the file beside the study's lock.
        port: Port of 127.0.0.1; 0 for any that is free.
        open_: Open the browser too.
        json: Print the result as JSON.
    """
    from thumblab.study.dashboard import serve
    from thumblab.study.lock import folder_of

    options = options or StudyOptions()
    study = options.read(file)
    with serve(folder_of(study, options.folder), storage=storage, port=port) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        answer({"address": address}, f"{address} shows the trials; Ctrl-C ends it", as_json=json)
        if open_:
            import webbrowser

            webbrowser.open(address)
        try:
            with stopping_at_once():
                server.serve_forever()
        except Stopped:
            pass
    return 0
