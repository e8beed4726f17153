"""``thumblab study merge``."""

from __future__ import annotations

from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.study.options import StudyOptions


def merge(
    file: Path, /, *folders: Path, options: StudyOptions | None = None, json: Json = False
) -> int:
    """Put runs that other machines have trained among the runs of a study.

    Example: `thumblab study merge studies/demo.toml runs-1 runs-2`

    Args:
        file: Study file.
        folders: Folders of runs from other machines.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.core.errors import UsageError
    from thumblab.study import merge_runs, read_data

    options = options or StudyOptions()
    if not folders:
        raise UsageError("no folder was given; name the folders of runs that are to be merged")
    study = options.read(file)
    found = merge_runs(
        study, list(folders), runs=options.folder, datasets=read_data(study, options.from_)
    )
    text = f"{found.new} runs are new, {found.known} were there, {found.missing} are still missing"
    answer(found.to_json(), text, as_json=json)
    return 0
