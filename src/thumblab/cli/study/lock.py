"""``thumblab study lock``."""

from __future__ import annotations

from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.study.options import StudyOptions


def lock(
    file: Path,
    /,
    *,
    options: StudyOptions | None = None,
    amend: str | None = None,
    json: Json = False,
) -> int:
    """Write down what a study declares, before its first run; the first run does it too.

    Example: `thumblab study lock studies/demo.toml`

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        amend: Why the study is not what was locked before; the reason is printed with every verdict.
        json: Print the result as JSON.
    """
    from thumblab.study import lock_study, read_data

    options = options or StudyOptions()
    study = options.read(file)
    locked = lock_study(study, options.folder, read_data(study, options.from_), amend=amend)
    lines = [f"{study.name} is locked in {locked.folder}"]
    lines += [f"{each['when'][:10]}  {each['what']}: {each['why']}" for each in locked.deviations]
    answer(dict(locked.values), "\n".join(lines), as_json=json)
    return 0
