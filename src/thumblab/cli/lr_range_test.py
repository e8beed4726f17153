"""``thumblab lr-range-test``."""

from __future__ import annotations

import time
import warnings
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from thumblab.cli.completion import EXPERIMENT
from thumblab.cli.options import OUTPUT, ExperimentOptions, From, Json, find_plan, read_data
from thumblab.cli.output import answer, say
from thumblab.cli.stopping import Ending, until_stopped

if TYPE_CHECKING:
    from thumblab.training.lr_range_test import LRRangeTest

SECONDS_BETWEEN_LINES = 2.0


def lr_range_test(
    model: Annotated[str | None, EXPERIMENT] = None,
    /,
    *,
    options: ExperimentOptions | None = None,
    lowest: float = 1e-5,
    highest: float = 10.0,
    steps: int = 100,
    output: Annotated[Path, OUTPUT] = Path("lr-range-test.html"),
    from_: From = None,
    workers: int | None = None,
    download: bool = False,
    json: Json = False,
) -> int:
    """Find a learning rate: train a few steps while it rises exponentially, until the loss diverges.

    Example: `thumblab lr-range-test vgg_like --data cifar10 --optimizer sgd:nesterov=true`

    Suggested is the learning rate at which the smoothed loss falls fastest, as max_lr of a schedule; the
    cautious choice, as for a constant learning rate, is a tenth of the one that diverges. No run folder
    is written.

    Args:
        model: Model such as vgg_like, an experiment file (.toml), or recipe:NAME; options override the file.
        options: What the experiment is; its own learning rate does not count here, but for the
            proportion between the rates of an optimizer such as muon and of its other one.
        lowest: First learning rate.
        highest: Last learning rate, unless the loss diverges before.
        steps: Number of steps.
        output: HTML file for the plot.
        from_: Folder or archive that holds the data files.
        workers: Workers of the NumPy engine, each computing a shard of every batch; one per core by default.
        download: Download the data first.
        json: Print the result as JSON.
    """
    from thumblab.report.lr_plot import write_rate_plot
    from thumblab.storage.delivery import check_output
    from thumblab.training.lr_range_test import lr_range_test as walk

    check_output(output, "--output")
    planned = find_plan(model, options, workers)
    dataset = read_data(planned.draft.data, from_, fetch=download)
    experiment, asked = planned.experiment(dataset), (lowest, highest, steps)
    found, ending = _shown(walk(experiment, dataset, *asked, workers=workers), steps)
    if found is not None:
        write_rate_plot(found, output, model=str(planned.model), data=dataset.name)
    _answer(found, output, ending, as_json=json)
    return ending.code


def _answer(found: LRRangeTest | None, plot: Path, ending: Ending, *, as_json: bool) -> None:
    if found is None:
        answer(ending.partial, "", as_json=as_json)
    else:
        values = {**_to_json(found, plot), **ending.partial}
        answer(values, _to_text(found, plot), as_json=as_json)


def _shown(
    walk: Generator[LRRangeTest, None, None], steps: int
) -> tuple[LRRangeTest | None, Ending]:
    """The test, whole or as far as a signal let it come; says now and then how far it is."""
    found, message = None, time.monotonic()
    with until_stopped() as ending, closing(walk), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # an overflow ends the test, and is reported
        for found in walk:
            if len(found.learning_rates) and time.monotonic() - message > SECONDS_BETWEEN_LINES:
                lr, loss, message = found.learning_rates[-1], found.losses[-1], time.monotonic()
                say(
                    f"step {len(found.learning_rates)}/{steps}  learning rate {lr:.2e}  loss {loss:.4f}"
                )
    if ending.code:
        say(f"stopped after {len(found.learning_rates) if found else 0} of {steps} steps")
    return found, ending


def _to_json(found: LRRangeTest, plot: Path) -> dict[str, Any]:
    return {
        "suggestion": found.steepest,
        "fall": found.fall,
        "by": "steepest",
        "diverges": found.diverges,
        "ended": found.ended,
        "learning_rates": found.learning_rates.tolist(),
        "losses": found.losses.tolist(),
        "smoothed": found.smoothed.tolist(),
        "plot": str(plot),
    }


def _to_text(found: LRRangeTest, plot: Path) -> str:
    suggested = (
        f"cannot tell: the loss fell by {found.fall:.3f} only, from {found.smoothed[0]:.3f}; try other "
        "rates, more steps, or another model"
    )
    if found.steepest is not None:
        suggested = f"{found.steepest:.2g}, where the loss falls fastest (for a schedule's peak)"
    diverges = f"not up to {found.learning_rates[-1]:.2g}"
    if found.diverges is not None:
        diverges = f"at {found.diverges:.2g}; a tenth of that is the cautious choice"
    rows = (("suggested rate", suggested), ("diverges", diverges), ("plot", plot))
    return "\n".join(f"{name:16} {value}" for name, value in rows)
