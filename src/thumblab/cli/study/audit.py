"""``thumblab study audit``."""

from __future__ import annotations

from pathlib import Path

from thumblab.cli.audited import exit_code, progress, to_text
from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.study.options import StudyOptions


def audit(
    file: Path,
    /,
    *,
    options: StudyOptions | None = None,
    strict: bool = False,
    json: Json = False,
) -> int:
    """Look for what is wrong with a study, by 52 rules; no verdict is printed.

    Example: `thumblab study audit studies/demo.toml --strict`

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        strict: End with 1 if there are errors.
        json: Print the findings as a JSON list.
    """
    from thumblab.audit import RULES
    from thumblab.study import audit as look

    options = options or StudyOptions()
    study = options.read(file)
    found = look(study, runs=options.folder, root=options.from_, tell=progress())
    answer([each.to_json() for each in found], to_text(found, RULES), as_json=json)
    return exit_code(found, strict=strict)
