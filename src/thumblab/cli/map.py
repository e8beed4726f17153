"""``thumblab map``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from thumblab.cli.completion import RunPath
from thumblab.cli.options import Data, From, Json, Trust, open_run, read_data_of
from thumblab.cli.output import answer, percent, say, table

if TYPE_CHECKING:
    from thumblab.analysis import Grouping
    from thumblab.evaluation.fine_scores import FineScores
    from thumblab.evaluation.mapping import Mapped
    from thumblab.evaluation.mapping_table import CoarseRow, MappingTable
    from thumblab.runs import Run

Groups = Literal["own", "merged", "digit_or_letter"]


def map(
    run: RunPath,
    /,
    *more: RunPath,
    groups: Groups = "own",
    tta: bool = False,
    final: bool = False,
    data: Data = None,
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Predict coarse classes with networks trained on fine ones; the rule is chosen on validation images.

    Several runs are also used as an ensemble. The test set is not touched without --final, which tests the
    chosen rule and is logged as a test-set evaluation.

    Example: `thumblab map runs/0123456789ab runs/ba9876543210 --from FOLDER --final`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last.
        more: More runs, of the same data and split.
        groups: Groups of classes: the data set's own (CIFAR-100's superclasses; digits, upper and lower
            case), letters merged as in EMNIST ByMerge, or digits against letters.
        tta: Use the test-time augmentation of the experiments.
        final: Evaluate the chosen rule on the test set.
        data: Where the data set of the run is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.config.formatting import format_value
    from thumblab.evaluation.mapping import map_runs

    runs = [open_run(folder, trust=trust) for folder in (run, *more)]
    grouping = _grouping(runs[0], groups, from_, data)
    say(f"mapping {len(grouping.groups)} classes to {len(grouping.names)} groups")
    found = map_runs(runs, grouping, tta=tta, final=final)
    shown = [format_value(run.experiment.tta) for run in runs] if tta else None
    text = _to_text(found)
    if shown is not None:
        text = f"mean logits with TTA: {', '.join(dict.fromkeys(shown))}\n\n{text}"
    answer(_to_json(found) | {"tta": shown}, text, as_json=json)
    return 0


def _grouping(run: Run, groups: Groups, root: Path | None, data: str | None) -> Grouping:
    from thumblab.analysis import Grouping, digit_or_letter, merged_cases
    from thumblab.core.errors import UsageError

    dataset = read_data_of(run, root, data) if groups == "own" or data is not None else None
    if groups != "own" or dataset is None:
        names = run.trained()[1]["classes"]
        return merged_cases(names) if groups == "merged" else digit_or_letter(names)
    if dataset.groups is None:
        raise UsageError(f"{dataset.name} has no groups of classes; give --groups another value")
    return Grouping(dataset.groups, dataset.group_names)


def _to_json(found: Mapped) -> dict[str, Any]:
    row = found.validation.chosen
    return {
        "groups": list(found.grouping.names),
        "chosen": {"network": row.network, "mapping": _name(row)},
        "validation": _told_table(found.validation),
        "test": found.test and _told_table(found.test),
        "looks": list(found.looks),
    }


def _told_table(found: MappingTable) -> dict[str, Any]:
    coarse = [asdict(row) | {"mapping": _name(row)} for row in found.coarse]
    return {"images": found.images, "fine": [asdict(row) for row in found.fine], "coarse": coarse}


def _name(row: CoarseRow) -> str:
    from thumblab.config.names import snake

    return snake(type(row.mapping).__name__)


def _to_text(found: Mapped) -> str:
    parts = [_table(found.validation)]
    row = found.validation.chosen
    if found.test is None:
        parts.append(f"chosen on validation: {_name(row)} of {row.network}; test it with --final")
        return "\n\n".join(parts)
    best = found.test.chosen
    looks = ", ".join(f"{count}" for count in found.looks)
    parts += [
        _table(found.test),
        f"chosen on validation: {_name(row)} of {row.network}; on the test images coarse accuracy "
        f"{percent(best.accuracy)}, 95 % interval {_interval(best)} (evaluations of the test set "
        f"by all runs in the folder: {looks})",
    ]
    return "\n\n".join(parts)


def _table(found: MappingTable) -> str:
    fine = [
        (
            row.network,
            percent(row.accuracy),
            _interval(row),
            percent(row.top_5),
            percent(row.inside),
            f"{row.distance:.3f}",
            f"{row.loss:.3f}",
            percent(row.calibration_error),
        )
        for row in found.fine
    ]
    heads = ("fine", "accuracy", "interval", "top 5", "errors inside", "distance", "loss", "ECE")
    coarse = [
        (
            f"{'* ' if row.chosen else '  '}{row.network}",
            _name(row),
            percent(row.accuracy),
            _interval(row),
            percent(row.consistency),
            f"{row.only_this} : {row.only_chosen}",
            "-" if row.chosen else f"{row.adjusted:.2g}",
        )
        for row in found.coarse
    ]
    names = (
        "coarse",
        "mapping",
        "accuracy",
        "interval",
        "as fine",
        "alone right : chosen",
        "p (Holm)",
    )
    head = f"{found.images:,} {found.part} images"
    return f"{head}\n{table(heads, fine)}\n\n{table(names, coarse)}"


def _interval(row: CoarseRow | FineScores) -> str:
    return f"{100 * row.low:.2f} to {percent(row.high)}"
