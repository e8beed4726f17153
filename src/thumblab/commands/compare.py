"""``thumblab compare``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.commands.options import From, Json, Trust, open_run, read_data_of
from thumblab.commands.output import answer, percent, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thumblab.report.comparison import Scores
    from thumblab.report.cost import Cost
    from thumblab.report.over_seeds import OverSeeds
    from thumblab.report.overfit import Overfit
    from thumblab.training import Run


def compare(
    first: Path,
    /,
    *more: Path,
    final: bool = False,
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Compare finished runs: accuracy and what it hides, overfitting, and accuracy against cost.

    Every run is compared with the first, image by image; experiments with several seeds also seed by
    seed. The test images are left alone until --final, which notes down that somebody has looked.

    Example: `thumblab compare runs/0123456789ab runs/ba9876543210 --from FOLDER`

    Args:
        first: Run folder, which the others are compared with.
        more: Further ones, of the same data.
        final: Compare by the test images.
        from_: Folder or archive with the data's files.
        trust: Execute the code of its own that a run was trained with; it is remembered.
        json: Print one JSON value.
    """
    runs = [open_run(folder, trust=trust) for folder in (first, *more)]
    told, words = _compared(runs, _counts(runs[0], from_), final)
    answer(told, words, as_json=json)
    return 0


def _compared(runs: Sequence[Run], counts: Any, final: bool) -> tuple[dict[str, Any], str]:
    """What scripts read, and what people read."""
    from thumblab.report.comparison import compare as scores
    from thumblab.report.cost import cost
    from thumblab.report.over_seeds import over_seeds
    from thumblab.report.overfit import overfit

    found = []
    for each in scores(runs, counts, final=final):
        say(f"{each.run}: accuracy {percent(each.accuracy)}")
        found.append(each)
    fits, costs, seeds = (
        [overfit(run) for run in runs],
        [cost(run) for run in runs],
        over_seeds(found),
    )
    fronts = {name: _front(costs, name, found) for name in COSTS}
    told = {
        "part": "test" if final else "validation",
        "scores": [asdict(each) for each in found],
        "over_seeds": [asdict(each) for each in seeds],
        "overfitting": [each and asdict(each) for each in fits],
        "costs": [asdict(each) for each in costs],
        "pareto": {
            name: [run for run, on in front.items() if on] for name, front in fronts.items()
        },
    }
    parts = (
        _scores(found),
        _over_seeds(seeds),
        _overfitting(runs, fits),
        _costs(found, costs, fronts),
    )
    return told, "\n\n".join(filter(None, parts))


COSTS = ("train_seconds", "parameters", "flops", "batch_microseconds")
"""What accuracy is weighed against."""


def _counts(run: Run, root: Path | None) -> Any:
    """Training samples of each class."""
    import numpy as np

    dataset = read_data_of(run, root)
    return np.bincount(dataset.train.labels, minlength=len(dataset.classes))


def _front(costs: Sequence[Cost], name: str, scores: Sequence[Scores]) -> dict[str, bool]:
    """By run, whether no other is as cheap and better, or as good and cheaper."""
    import numpy as np

    from thumblab.analysis import pareto_front

    spent = np.array([getattr(each, name) for each in costs], float)
    front = pareto_front(spent, np.array([each.accuracy for each in scores]))
    return {each.run: bool(on) for each, on in zip(scores, front, strict=True)}


def _scores(found: Sequence[Scores]) -> str:
    heads = ("run", "accuracy", "interval", "macro F1", "interval", "rare recall", "common recall",
             "loss", "ECE", "alone right : first", "p (Holm)")  # fmt: skip
    rows = [
        (
            each.run,
            percent(each.accuracy),
            f"{100 * each.low:.2f} to {percent(each.high)}",
            f"{each.macro_f1:.4f}",
            f"{each.macro_low:.4f} to {each.macro_high:.4f}",
            percent(each.rare_recall),
            percent(each.common_recall),
            f"{each.loss:.4f}",
            percent(each.calibration_error),
            f"{each.only_this} : {each.only_first}",
            "-" if each is found[0] else f"{each.adjusted:.2g}",
        )
        for each in found
    ]
    return table(heads, rows)


def _over_seeds(found: Sequence[OverSeeds]) -> str:
    """Nothing where no experiment has several seeds."""
    heads = ("experiment", "score", "runs", "mean", "spread", "against the first", "p (Holm)")
    rows = [
        (
            each.experiment,
            each.score,
            str(each.runs),
            percent(each.mean),
            percent(each.spread),
            "-" if each.against_first is None else _difference(each),
            "-" if each.adjusted is None else f"{each.adjusted:.2g}",
        )
        for each in found
    ]
    return table(heads, rows) if any(each.runs > 1 for each in found) else ""


def _difference(each: OverSeeds) -> str:
    found = each.against_first
    assert found is not None
    return f"{100 * found.mean:+.2f}, {100 * found.low:+.2f} to {100 * found.high:+.2f} points"


def _overfitting(runs: Sequence[Run], fits: Sequence[Overfit | None]) -> str:
    heads = ("run", "loss gap", "accuracy gap", "loss turns at", "rise", "over-confidence", "best",
             "last", "swing", "falls")  # fmt: skip
    rows = [
        (
            str(run.folder),
            "-" if fit.loss_gap is None else f"{fit.loss_gap:.3f}",
            percent(fit.accuracy_gap),
            f"{fit.turn} of {fit.epochs}",
            f"{fit.rise:.3f}",
            percent(fit.overconfident),
            f"{percent(fit.best_accuracy)} at {fit.best_epoch}",
            percent(fit.last_accuracy),
            percent(fit.swing),
            ", ".join(
                f"{100 * fall.depth:.0f} points at {fall.epoch}{'' if fall.recovered else ' (stays)'}"
                for fall in fit.valleys
            )
            or "-",
        )
        for run, fit in zip(runs, fits, strict=True)
        if fit is not None
    ]
    legend = (
        "losses and their gap: plain cross-entropy on both sides, whatever was trained; "
        "loss turns at: epoch of the least validation loss; rise: of that loss since; swing: mean change of "
        "the validation accuracy from epoch to epoch, later half; falls: its collapses by 5 points or more"
    )
    return f"{table(heads, rows)}\n{legend}" if rows else ""


def _costs(
    scores: Sequence[Scores], costs: Sequence[Cost], fronts: dict[str, dict[str, bool]]
) -> str:
    """A star stands where no other run is as cheap and better, or as good and cheaper."""

    def starred(run: str, name: str, words: str) -> str:
        return f"{words}{' *' if fronts[name][run] else '  '}"

    heads = ("run", "trained s", "images/s", "parameters", "MFLOP", "weights MB", "activations kB",
             "alone ms", "in 128 us")  # fmt: skip
    rows = [
        (
            each.run,
            starred(each.run, "train_seconds", f"{spent.train_seconds:,.1f}"),
            f"{spent.images_per_second:,.0f}",
            starred(each.run, "parameters", f"{spent.parameters:,}"),
            starred(each.run, "flops", f"{spent.flops / 1e6:,.2f}"),
            f"{spent.weights_megabytes:.2f}",
            f"{spent.activations_kilobytes:,.0f}",
            f"{spent.alone_milliseconds:.2f}",
            starred(each.run, "batch_microseconds", f"{spent.batch_microseconds:,.0f}"),
        )
        for each, spent in zip(scores, costs, strict=True)
    ]
    return f"{table(heads, rows)}\n* no other run is as cheap and better, or as good and cheaper"
