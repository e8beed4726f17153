"""``thumblab demo``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from thumblab.cli.options import Json
from thumblab.cli.output import answer, percent, say
from thumblab.cli.places import RUNS, runs_folder

RECIPE = "recipe:characters"


def demo(
    *,
    runs: Annotated[Path | None, RUNS] = None,
    seed: int = 0,
    epochs: int | None = None,
    open_: Annotated[bool, Parameter(name="--open")] = False,
    json: Json = False,
) -> int:
    """Train a classifier of handwritten characters in about a minute and write a report.

    Example: `thumblab demo --open`

    Args:
        runs: Folder of run folders; an interrupted demo resumes.
        seed: Random seed of initial weights, shuffling and augmentation.
        epochs: Number of epochs; the recipe's by default.
        open_: Open the report in the browser.
        json: Print the result as JSON.
    """
    from thumblab.cli.training import Where, train_shown
    from thumblab.config import load
    from thumblab.data import read
    from thumblab.evaluation import evaluate
    from thumblab.report.page import write_page

    experiment = replace(load(RECIPE), seed=seed)
    if epochs is not None:
        experiment = replace(experiment, epochs=epochs)
    dataset = read(experiment.data)
    outcome = train_shown(experiment, dataset, Where(runs or runs_folder(), resume=True))
    run, result = outcome.run, outcome.run.result
    if outcome.exit_code or result is None:
        return outcome.exit_code
    accuracy, page = evaluate(run).accuracy, run.folder / "report.html"
    write_page(run, page, dataset, say)
    seconds = result["train_seconds"]
    values = {"test_accuracy": accuracy, "train_seconds": seconds}
    values |= {"run": str(run.folder), "report": str(page)}
    text = f"test accuracy {percent(accuracy)} after {seconds:.1f} s of training\n"
    answer(values, f"{text}run    {run.folder}\nreport {page}", as_json=json)
    if open_:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0
