"""``thumblab study plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from thumblab.cli.options import Json
from thumblab.cli.output import answer, say, table
from thumblab.cli.study.options import StudyOptions

if TYPE_CHECKING:
    from thumblab.study import Plan


def plan(
    file: Path, /, *, options: StudyOptions | None = None, seconds: float = 5.0, json: Json = False
) -> int:
    """Show what a study would cost and could see; nothing is trained.

    Example: `thumblab study plan studies/demo.toml`

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        seconds: About how long to time steps of each arm that has no run yet; 0 for not at all.
        json: Print the result as JSON.
    """
    from thumblab.study import Plan
    from thumblab.study.planning import planning

    options = options or StudyOptions()
    found: Plan | None = None
    steps = planning(options.read(file), runs=options.folder, root=options.from_, seconds=seconds)
    for each in steps:
        if isinstance(each, Plan):
            found = each
        elif seconds > 0:
            say(f"timed {each.arm}" if not each.done else f"{each.arm} has run before")
    assert found is not None
    answer(found.to_json(), _to_text(found), as_json=json)
    return 0


def _to_text(found: Plan) -> str:
    from thumblab.core.text import duration

    heads = ("arm", "changes", "parameters", "MFLOP", "images", "epochs", "a run takes", "done")
    rows = [
        (
            arm.arm,
            ", ".join(f"{path}={value}" for path, value in arm.edits) or "-",
            f"{arm.parameters:,}",
            f"{arm.flops / 1e6:.2f}",
            f"{arm.images:,}",
            str(arm.epochs),
            "-" if arm.seconds is None else duration(arm.seconds),
            f"{arm.done} of {found.seeds}",
        )
        for arm in found.arms
    ]
    lines = [
        table(heads, rows),
        "",
        f"{found.cells} runs ({found.seeds} seeds of {len(found.arms)} arms), {found.done} done; "
        f"{found.comparisons} comparisons declared",
    ]
    if found.trials:
        lines.append(f"{found.trials} trials of the search come first, {found.tried} done")
        if found.search_seconds:
            took = duration(found.search_seconds)
            lines.append(f"trials that are left take {took} if none is stopped early")
    if found.seconds is not None:
        lines.append(f"what is left takes {duration(found.seconds)}, one run after another")
    seen = found.smallest_visible
    if seen is None:
        lines.append(
            "the smallest detectable difference is estimated once two seeds of an arm are done"
        )
    else:
        text = f"it can detect a difference of {seen:.2f} points (80 % power, these images)"
        matters = "" if found.matters is None else f"; what matters: {found.matters:g}"
        lines.append(text + matters)
    when = "not locked yet" if found.locked is None else f"locked on {found.locked[:10]}"
    return "\n".join([*lines, when])
