"""``thumblab estimate``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from thumblab.cli.completion import EXPERIMENT
from thumblab.cli.options import ExperimentOptions, From, Json, find_plan, read_data
from thumblab.cli.output import answer, say, table
from thumblab.cli.stopping import until_stopped

if TYPE_CHECKING:
    from thumblab.training.estimate import Estimate


def estimate(
    model: Annotated[str, EXPERIMENT],
    /,
    *,
    options: ExperimentOptions | None = None,
    seconds: float = 15.0,
    from_: From = None,
    workers: int | None = None,
    download: bool = False,
    json: Json = False,
) -> int:
    """Estimate the training time of an experiment from a few timed steps.

    Example: `thumblab estimate vgg_like --data cifar10 --epochs 10 --augment flip`

    Example: `thumblab estimate experiment.toml`

    Args:
        model: Model such as vgg_like:dropout=0.2 (on the characters unless --data is given), an experiment
            file (.toml), or recipe:NAME.
        options: The experiment, as for train.
        seconds: Time to spend on timing steps, in seconds.
        from_: Folder or archive that holds the data files.
        workers: Workers of the NumPy engine, each computing a shard of every batch; one per core by default.
        download: Download the data first.
        json: Print the result as JSON.
    """
    from thumblab.training.estimate import estimate as walk

    planned = find_plan(model, options, workers, data="characters")
    dataset = read_data(planned.draft.data, from_, fetch=download)
    experiment = planned.experiment(dataset)
    say(f"timing {experiment.label} on {dataset.name}")
    with until_stopped() as ending:
        found = _shown(walk(experiment, dataset, seconds=seconds, workers=workers))
        values = asdict(found) | {"seconds": found.seconds}
        answer(values, _to_text(found, experiment.epochs), as_json=json)
    if ending.code:
        say("stopped before there was an estimate")
        if json:
            answer(ending.partial, "", as_json=True)
    return ending.code


def _shown(steps: Iterator[Estimate | None]) -> Estimate:
    from thumblab.training.estimate import PLACES

    found = None
    for place in range(1, PLACES + 2):
        found = next(steps)
        if found is None:
            say(f"timed {place} of {PLACES} places in the run")
    assert found is not None
    return found


def _to_text(found: Estimate, epochs: int) -> str:
    from thumblab.core.text import duration

    parts = ("setup", "training", "validation", "saving", "testing")
    rows = [(name, duration(getattr(found, name))) for name in parts]
    low, high = max(found.seconds - found.margin, 0), found.seconds + found.margin
    whole = f"{duration(found.seconds)}; {duration(low)} to {duration(high)} by the steps' spread (95 %)"
    return (
        f"{whole}\n{found.steps:,} steps in {epochs} epochs, {1e3 * found.step:.1f} ms each by "
        f"{found.timed_steps} of them\n\n{table(('of which', ''), rows)}"
    )
