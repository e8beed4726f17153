"""What is damaged in a run folder, and what can still be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from thumblab.core.errors import RunError, ThumblabError, UntrustedError
from thumblab.runs import naming, own_code
from thumblab.runs.run import Run
from thumblab.runs.states import load_state
from thumblab.storage import checkpoint

FILES = ("experiment.json", "weights.safetensors", "result.json", "metrics.jsonl")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a run folder.

    Attributes:
        run: The run folder.
        file: The file in it.
        problem: What is wrong.
        remedy: What to do, or what is not lost.
    """

    run: str
    file: str
    problem: str
    remedy: str


def run_folders(folder: Path | str) -> list[Path]:
    """``folder`` itself if it is a run folder, else those in it; also such as have lost files."""
    folder = Path(folder)
    if any((folder / name).exists() for name in FILES):
        return [folder]
    found = {path.parent for name in FILES for path in folder.glob(f"*/{name}")}
    return sorted(found)


def examine(folder: Path | str) -> Iterator[Finding]:
    """Everything that is wrong with one run folder; every file is read, nothing is changed or executed."""
    run = Run(Path(folder))
    try:
        _ = run.about
    except RunError as error:
        yield Finding(str(folder), "experiment.json", str(error), _without_experiment(run.folder))
        return
    reads: dict[str, tuple[Callable[[], Any], str]] = {
        "source": (lambda: own_code.read(run.folder, run.sources), "restore it from where it came"),
        "environment.json": (lambda: run.environment, "delete it: a resumed run writes it anew"),
        "metrics.jsonl": (
            lambda: run.metrics,
            "its curves are lost; weights and predictions are not",
        ),
        "evaluations.jsonl": (
            lambda: [line["accuracy"] for line in run.evaluations],
            "keep it for the record, move it away, and evaluate again",
        ),
        naming.FILE: (lambda: naming.read_naming(run.folder), "delete it: it names the run only"),
        "result.json": (
            lambda: run.result,
            "move it away and resume the training, which writes it again",
        ),
    }
    for name, (read, remedy) in reads.items():
        if (problem := _problem(read)) is not None:
            yield Finding(str(folder), name, problem, remedy)
    good, bad = _states(run)
    for path, problem in bad.items():
        yield Finding(str(folder), f"checkpoints/{path.name}", problem, _remaining(good))
    if _problem(lambda: run.result) is None and run.status == "done":
        for name, read in (
            ("weights.safetensors", run.trained),
            ("predictions.npz", lambda: run.predictions),
        ):
            if (problem := _problem(read)) is not None:
                again = "from the last checkpoint" if good else "by training once more"
                yield Finding(
                    str(folder), name, problem, f"resume the training: it is written again {again}"
                )
    for path in sorted(run.folder.rglob(".*.tmp.*")):
        yield Finding(
            str(folder),
            str(path.relative_to(run.folder)),
            "left by a write that was cut off",
            "delete it; a resumed run does",
        )


def _problem(read: Callable[[], Any]) -> str | None:
    """Why something cannot be read; None if it can, or if that would take code that is not trusted."""
    try:
        read()
    except UntrustedError:
        return None
    except ThumblabError as error:
        return str(error)
    except (OSError, KeyError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _states(run: Run) -> tuple[list[Path], dict[Path, str]]:
    """Checkpoints that are whole, and what is wrong with the others."""
    good, bad = [], {}
    for path in run.checkpoints:
        problem = _problem(partial(load_state, path))
        if problem is None:
            good.append(path)
        else:
            bad[path] = problem
    return good, bad


def _remaining(good: list[Path]) -> str:
    if not good:
        return "no other is whole: delete the folder to train from the start"
    return f"training goes on from step {int(good[-1].stem)}, which is whole"


def _without_experiment(folder: Path) -> str:
    path = folder / "weights.safetensors"
    if _problem(lambda: checkpoint.load_arrays(path)) is None:
        return f"its trained weights are whole: save them with thumblab convert {path} FILE"
    return "restore it, or delete the folder to train from the start"
