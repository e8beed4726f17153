"""``thumblab evaluate``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thumblab.cli.completion import RunPath
from thumblab.cli.options import From, Json, Trust, find_tta, open_run, read_data, read_data_of
from thumblab.cli.output import answer, percent, say

if TYPE_CHECKING:
    from thumblab.data import Dataset
    from thumblab.evaluation import Evaluation
    from thumblab.evaluation.ensemble import EnsembleEvaluation
    from thumblab.experiment import TTA
    from thumblab.runs import Run


def evaluate(
    run: RunPath,
    /,
    *more: RunPath,
    data: str | None = None,
    from_: From = None,
    tta: str | None = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Evaluate a trained run on the test set; every evaluation is logged.

    Example: `thumblab evaluate runs/0123456789ab --tta flip_shift`

    Several runs are evaluated alone and as an ensemble, by the mean of their probabilities.

    Args:
        run: Run folder, run name, a unique beginning of either, or @last.
        more: More runs, trained on the same data.
        data: Another test set with the same classes; by default the run's own.
        from_: Folder or archive that holds the data files.
        tta: Test-time augmentation: flips, shifts, flip_shift or rotate_scale, whose logits are averaged; by
            default the experiment's.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the result as JSON.
    """
    from thumblab.evaluation import evaluate as measure
    from thumblab.evaluation import evaluate_ensemble

    opened, wanted = [open_run(each, trust=trust) for each in (run, *more)], find_tta(tta)
    dataset = _data(opened, data, from_, wanted)
    if len(opened) == 1:
        found = measure(opened[0], dataset, wanted)
        values = _to_json(found) | _origin(opened[0]) | _counted(opened[0], found)
        answer(values, _to_text(opened[0], found), as_json=json)
        return 0
    together = evaluate_ensemble(opened, dataset, wanted)
    values = {"ensemble": [str(each.folder) for each in opened]} | _to_json(together)
    members = zip(opened, together.members, strict=True)
    values["members"] = [
        _to_json(each) | _origin(member) | _counted(member, each) for member, each in members
    ]
    answer(values, _ensemble_words(opened, together), as_json=json)
    return 0


def _data(
    opened: list[Run], data: str | None, root: Path | None, tta: TTA | None
) -> Dataset | None:
    """The data set to predict, or None where the runs have what it takes."""
    from thumblab.config import find_source
    from thumblab.core.errors import UsageError
    from thumblab.data import read_to_test
    from thumblab.evaluation.evaluate import stored_tta

    fresh = [run for run in opened if not stored_tta(run, tta)]
    if root is not None and data is None and not fresh:
        raise UsageError("--from says where --data lies; give both, or neither")
    if data is None and not fresh:
        return None
    if data is None:
        dataset = read_data_of(fresh[0], root)
    else:
        reader = partial(read_to_test, seen=opened[0].about["fingerprint"])
        dataset = read_data(find_source(data), root, fetch=False, reader=reader)
    if dataset.test is not None:
        say(f"predicting {len(dataset.test):,} images of {dataset.name}, {len(opened)} x")
    return dataset


def _to_json(found: Evaluation | EnsembleEvaluation) -> dict[str, Any]:
    from thumblab.config import format_value

    return {
        "accuracy": found.accuracy,
        "loss": found.loss,
        "images": found.images,
        "tta": None if found.tta is None else format_value(found.tta),
        "tta_accuracy": found.tta_accuracy,
        "tta_loss": found.tta_loss,
    }


def _origin(run: Run) -> dict[str, str]:
    return {"train_on": run.experiment.train_on}


def _counted(run: Run, found: Evaluation) -> dict[str, Any]:
    return {"evaluation": found.evaluations, "runs": str(run.folder.parent)}


def _to_text(run: Run, found: Evaluation) -> str:
    seen = f"{_evaluation(run, found)}{_trained_on(run)}"
    return f"test accuracy {_figures(found)}\n{found.images:,} images, {seen}"


def _evaluation(run: Run, found: Evaluation) -> str:
    return f"evaluation {found.evaluations} of this test set in {run.folder.parent}"


def _trained_on(run: Run) -> str:
    both = run.experiment.train_on == "all"
    return ", trained on training and validation images" if both else ""


def _ensemble_words(opened: list[Run], found: EnsembleEvaluation) -> str:
    lines = [
        f"{run.folder}  test accuracy {_figures(each)}, {_evaluation(run, each)}" + _trained_on(run)
        for run, each in zip(opened, found.members, strict=True)
    ]
    lines.append(
        f"ensemble of {len(opened)} runs, mean probabilities: test accuracy {_figures(found)}"
    )
    return "\n".join([*lines, f"{found.images:,} images"])


def _figures(found: Evaluation | EnsembleEvaluation) -> str:
    """Accuracy and loss, with what the network was shown beside each."""
    from thumblab.config import format_value

    text = f"{percent(found.accuracy)} without TTA, loss {found.loss:.4f}"
    if found.tta is None or found.tta_loss is None:
        return text
    named = f"{len(found.tta.each)}-view TTA ({format_value(found.tta)}, mean logits)"
    return f"{text}; {percent(found.tta_accuracy)} with {named}, loss {found.tta_loss:.4f}"
