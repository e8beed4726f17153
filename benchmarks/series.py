"""A series of runs: what such a command is told, the training of each run, and what is kept of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from thumblab.cli.output import say
from thumblab.cli.training import Where, train_shown
from thumblab.config import Plan
from thumblab.core.errors import DivergedError
from thumblab.core.value import digest
from thumblab.data import Dataset
from thumblab.runs import Run
from thumblab.storage import files

ROOT = Path(__file__).parents[1]


def parser(description: str, name: str = "") -> argparse.ArgumentParser:
    """What every such command is told; ``name`` is that of its folder under results/."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    made.add_argument("--seeds", type=int, default=3, help="how many, from 0 on")
    made.add_argument("--from", type=Path, dest="root", help="folder with the data's files")
    made.add_argument("--runs", type=Path, default=Path("runs"))
    made.add_argument("--results", type=Path, default=ROOT / "results" / name)
    made.add_argument("--workers", type=int)
    return made


def trained(plan: Plan, dataset: Dataset, seed: int, options: argparse.Namespace) -> Run:
    """The run of a seed, trained first unless it has been; done or diverged. A signal ends the command."""
    where = Where(options.runs, options.workers, resume=True)
    outcome = train_shown(replace(plan.experiment(dataset), seed=seed), dataset, where)
    if outcome.exit_code not in (0, DivergedError.exit_code):
        raise SystemExit(outcome.exit_code)
    return outcome.run


def done(run: Run) -> Run:
    """``run``; one that diverged ends the command, for no mean may leave it out."""
    if run.status != "done":
        say(f"{run.folder} is {run.status}, so there is nothing to compare; change its recipe")
        raise SystemExit(DivergedError.exit_code)
    return run


def engine_versions(runs: Iterable[Run]) -> list[int]:
    """The versions of the engine that trained ``runs``; one, unless some are of an earlier one."""
    return sorted({run.about["engine"] for run in runs})


def record(run: Run) -> dict[str, Any]:
    """What results/ keeps of a run: its seed, its experiment's name, its result.json, its environment."""
    environment = files.read_json(run.folder / "environment.json")
    for name in ("command", "data_root"):  # this script's, with paths of one machine
        environment.pop(name, None)
    return {
        "seed": run.experiment.seed,
        "experiment": digest(replace(run.experiment, seed=0)),
        **(run.result or {}),
        "environment": environment,
    }
