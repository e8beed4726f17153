"""``thumblab compare``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.cli.completion import RunPath
from thumblab.cli.options import Against, Data, From, Json, Trust, open_run, read_data_of, reference
from thumblab.cli.output import answer, percent, say

if TYPE_CHECKING:
    from thumblab.cli.compared import Compared
    from thumblab.evaluation.arms import Arms
    from thumblab.runs import Run


def compare(
    run: RunPath,
    /,
    *more: RunPath,
    by: str | None = None,
    against: Against = None,
    final: bool = False,
    data: Data = None,
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Compare finished runs: accuracy and what it hides, overfitting, and accuracy against cost.

    Runs that differ in their seed alone are one arm. Arms are named by the settings in which they
    differ and compared with one of them, over the seeds that they have in common. The verdict is that of
    a study, and says that the comparison was not declared beforehand. The test images are left alone until
    --final, which is logged as a test-set evaluation.

    Example: `thumblab compare runs/* --by optimizer --against sgd`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last.
        more: More runs, of the same data.
        by: Settings that make the arms, such as optimizer, or loss,batch; found unless given.
        against: The arm that the others are compared with, by its name, such as sgd, or one of its
            runs; unless given, the one with most seeds, of equals nearest to the default settings.
        final: Compare by the test images.
        data: Where the data set of the run is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.evaluation.arms import arms_of

    runs = [open_run(folder, trust=trust) for folder in (run, *more)]
    arms = arms_of(runs, by=by.split(",") if by else (), against=reference(against, runs))
    found = _compared(arms, _counts(runs[0], from_, data), final)
    _warn(arms)
    answer(found.to_json(), found.to_text(), as_json=json)
    return 0


def _warn(arms: Arms) -> None:
    """Of differences that cannot be laid to one setting."""
    from thumblab.evaluation.arms import mixed

    for arm in arms.each:
        if inner := mixed(arm):
            warnings.warn(
                f"the runs of {arm.name!r} differ in {', '.join(inner)} beside the seed; name more "
                "settings for the arms to differ in, or leave some runs out",
                stacklevel=2,
            )
    many = {arm.name: arms.apart(arm) for arm in arms.each if len(arms.apart(arm)) > 1}
    if many:
        each = "; ".join(
            f"{name} in {len(apart)} ({', '.join(apart)})" for name, apart in many.items()
        )
        warnings.warn(
            f"arms differ from {arms.reference.name!r} in more than one setting, so a difference "
            f"cannot be laid to one of them: {each}",
            stacklevel=2,
        )


def _compared(arms: Arms, counts: Any, final: bool) -> Compared:
    from thumblab.cli.compared import Compared
    from thumblab.evaluation.comparison import compare as scores
    from thumblab.evaluation.cost import cost
    from thumblab.evaluation.fronts import fronts, luck_of
    from thumblab.evaluation.over_seeds import over_seeds, undeclared
    from thumblab.evaluation.overfitting import overfit

    runs = [run for arm in arms.each for run in arm.runs]
    part = "test" if final else "validation"
    found = []
    for each in scores(runs, counts, final=final):
        say(f"{each.run}: accuracy {percent(each.accuracy)}")
        found.append(each)
    rows = iter(found)
    of_arm = {arm.name: [next(rows) for _ in arm.runs] for arm in arms.each}
    labels = runs[0].predictions[f"{part}_labels"]
    costs = {str(run.folder): cost(run) for run in runs}
    seeds = over_seeds(of_arm)
    right = {each.arm: each for each in seeds if each.score == "accuracy"}
    luck = {
        name: luck_of(each.mean, each.spread, each.runs, len(labels))
        for name, each in right.items()
    }
    spent = {name: [costs[each.run] for each in own] for name, own in of_arm.items()}
    return Compared(
        part=part,
        images=len(labels),
        arms=arms,
        scores=of_arm,
        over_seeds=seeds,
        judged=undeclared(of_arm, labels, counts),
        fits=[overfit(run) for run in runs],
        costs=costs,
        fronts=fronts(spent, {name: each.mean for name, each in right.items()}, luck),
    )


def _counts(run: Run, root: Path | None, data: str | None) -> Any:
    """Training samples of each class."""
    import numpy as np

    dataset = read_data_of(run, root, data)
    return np.bincount(dataset.train.labels, minlength=len(dataset.classes))
