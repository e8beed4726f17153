"""``thumblab lr-find``."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.commands.options import ExperimentOptions, From, Json, find_plan, read_data
from thumblab.commands.output import answer, say

if TYPE_CHECKING:
    from thumblab.training.rate_test import RateTest

SECONDS_BETWEEN_LINES = 2.0


def lr_find(
    file: Path | None = None,
    /,
    *,
    options: ExperimentOptions | None = None,
    lowest: float = 1e-5,
    highest: float = 10.0,
    steps: int = 100,
    plot: Path = Path("lr-find.html"),
    from_: From = None,
    shards: int | None = None,
    download: bool = False,
    json: Json = False,
) -> int:
    """Find a learning rate: train a few steps at a rate that rises until it is too much.

    Example: `thumblab lr-find --data cifar10 --model vgg_like --optimizer sgd:nesterov=true`

    Suggested is the rate at which the smoothed loss falls fastest, for the peak of a schedule; the
    cautious choice, as for a constant rate, is a tenth of the rate that diverges. No run is made
    and none is changed.

    Args:
        file: Experiment in TOML, with the options below as keys; an option given beside it wins.
        options: What the experiment is; its own learning rate does not count here, but for the
            proportion between the rates of an optimizer such as muon and of its other one.
        lowest: First learning rate.
        highest: Last learning rate, unless the loss is hopeless before.
        steps: How many to take.
        plot: HTML file to draw the losses into.
        from_: Folder or archive with the data's files.
        shards: Parts of a batch that NumPy computes side by side; as many as cores unless given.
        download: Fetch the data first.
        json: Print one JSON value.
    """
    from thumblab.report.rate_plot import write_rate_plot
    from thumblab.training.delivery import check_output
    from thumblab.training.rate_test import rate_test

    check_output(plot, "--plot")
    planned = find_plan(file, options, shards)
    dataset = read_data(planned.draft.data, from_, fetch=download)
    experiment = planned.experiment(dataset)
    walk = rate_test(
        experiment, dataset, lowest=lowest, highest=highest, steps=steps, shards=shards
    )
    found = _shown(walk, steps)
    write_rate_plot(found, plot, model=str(planned.model), data=dataset.name)
    answer(_told(found) | {"plot": str(plot)}, _words(found, plot), as_json=json)
    return 0


def _shown(walk: Iterator[RateTest], steps: int) -> RateTest:
    """The whole test; says now and then how far it is."""
    said = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an overflow ends the test, and is told
        for found in walk:
            if len(found.rates) and time.monotonic() - said > SECONDS_BETWEEN_LINES:
                rate, loss, said = found.rates[-1], found.losses[-1], time.monotonic()
                say(f"step {len(found.rates)}/{steps}  rate {rate:.2e}  loss {loss:.4f}")
    return found


def _told(found: RateTest) -> dict[str, Any]:
    return {
        "suggestion": found.steepest,
        "by": "steepest",
        "diverges": found.diverges,
        "ended": found.ended,
        "rates": found.rates.tolist(),
        "losses": found.losses.tolist(),
        "smoothed": found.smoothed.tolist(),
    }


def _words(found: RateTest, plot: Path) -> str:
    suggested = "none: the loss never fell; try other rates, or another optimizer"
    if found.steepest is not None:
        suggested = f"{found.steepest:.2g}, where the loss falls fastest (for a schedule's peak)"
    diverges = f"not up to {found.rates[-1]:.2g}"
    if found.diverges is not None:
        diverges = f"at {found.diverges:.2g}; a tenth of that is the cautious choice"
    rows = (("suggested rate", suggested), ("diverges", diverges), ("plot", plot))
    return "\n".join(f"{name:16} {value}" for name, value in rows)
