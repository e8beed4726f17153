"""``thumblab study shard``."""

from __future__ import annotations

import shlex
from pathlib import Path

from thumblab.cli.options import Json
from thumblab.cli.output import answer
from thumblab.cli.study.options import StudyOptions


def shard(
    file: Path,
    count: int,
    /,
    *,
    options: StudyOptions | None = None,
    slurm: bool = False,
    json: Json = False,
) -> int:
    """Print the commands that run a study in parts, on machines that share no disk.

    Example: `thumblab study shard studies/demo.toml 4 --slurm > demo.sbatch`

    Args:
        file: Study file.
        count: How many parts.
        options: Which study, and where its runs lie.
        slurm: Print a batch script for Slurm, an array of jobs.
        json: Print the result as JSON.
    """
    from thumblab.core.errors import UsageError

    options = options or StudyOptions()
    study = options.read(file)
    if not 1 <= count <= 10_000:
        raise UsageError(f"{count} is no number of parts; give 1 to 10,000")
    command = ["thumblab", "study", "run", str(file)]
    command += [] if options.profile is None else ["--profile", options.profile]
    command += [] if options.from_ is None else ["--from", str(options.from_)]
    plain = [
        shlex.join([*command, "--runs", f"{options.folder}-{part}", "--shard", f"{part}/{count}"])
        for part in range(1, count + 1)
    ]
    merge = shlex.join(
        [
            "thumblab",
            "study",
            "merge",
            str(file),
            *(f"{options.folder}-{n}" for n in range(1, count + 1)),
        ]
    )
    text = "\n".join([*plain, f"# then: {merge}"])
    if slurm:
        text = _script(study.name, shlex.join(command), str(options.folder), count, merge)
    answer({"commands": plain, "merge": merge, "script": text}, text, as_json=json)
    return 0


def _script(name: str, command: str, runs: str, count: int, merge: str) -> str:
    part = '"$SLURM_ARRAY_TASK_ID"'
    return "\n".join(
        [
            "#!/bin/bash",
            f"#SBATCH --job-name={name}",
            f"#SBATCH --array=1-{count}",
            "#SBATCH --cpus-per-task=4",
            "#SBATCH --signal=B:TERM@120",
            f"# afterwards: {merge}",
            f"exec {command} --runs {shlex.quote(runs)}-{part} --shard {part}/{count}",
        ]
    )
