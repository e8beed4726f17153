"""``thumblab doctor``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from thumblab.cli.completion import RUN
from thumblab.cli.options import Json
from thumblab.cli.output import answer, table
from thumblab.cli.places import RUNS, run_folder, runs_folder

DAMAGED = 4


def doctor(runs: Annotated[Path | None, RUNS, RUN] = None, /, *, json: Json = False) -> int:
    """Check run folders for damage, say what can be recovered, and print the versions in use.

    Every file is read; nothing is changed or executed. The exit code is 4 if anything is damaged.

    Example: `thumblab doctor runs`

    Args:
        runs: Folder of run folders, or a single run.
        json: Print the result as JSON.
    """
    from thumblab.core.errors import UsageError
    from thumblab.runs.doctor import examine, run_folders

    runs = runs_folder() if runs is None else run_folder(runs)
    if not runs.is_dir():
        raise UsageError(f"{runs} is no folder; name one that holds runs")
    folders = run_folders(runs)
    findings = [asdict(finding) for folder in folders for finding in examine(folder)]
    surroundings = _surroundings()
    lines = [f"{name:12} {value}" for name, value in surroundings.items()]
    lines.append(f"{'runs':12} {len(folders)} in {runs}, {_count(findings)}")
    if findings:
        head = ("run", "file", "problem", "remedy")
        lines += ["", table(head, [[each[name] for name in head] for each in findings])]
    values = {"versions": surroundings, "runs": len(folders), "findings": findings}
    answer(values, "\n".join(lines), as_json=json)
    return DAMAGED if findings else 0


def _count(findings: list[dict[str, Any]]) -> str:
    damaged = len({each["run"] for each in findings})
    return "all whole" if not damaged else f"{damaged} of them damaged"


def _surroundings() -> dict[str, str]:
    """Versions, processor and BLAS kernels, as a bug report wants them."""
    from thumblab.runs.environment import environment

    values = environment(1)
    kernels = {pool["architecture"] for pool in values["blas"] if pool["architecture"]}
    found: dict[str, str] = {"python": values["python"]} | values["packages"]
    machine = values["machine"]
    found |= {
        "system": machine["system"],
        "processor": f"{machine['processor']}, {machine['cores']} cores",
    }
    return found | {"BLAS": ", ".join(sorted(kernels)) or "unknown"}
