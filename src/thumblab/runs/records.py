"""What the JSON files of a run have to say, entry by entry, under today's names.

A seal shows that a file is as it was written, not that it was written by a training: run folders are
handed on, and every command believes what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from thumblab.core.annotations import MisfitError, fit, shown
from thumblab.core.errors import RunError
from thumblab.losses import CrossEntropy, Loss

Kinds = dict[str, Any]
Measure = float | None
Record = dict[str, Any]

RESULT: Kinds = {
    "status": Literal["done", "diverged"],
    "epochs": int,
    "train_images": int,
    "parameters": int,
    "trainable_parameters": int,
    "flops": int,
    "train_seconds": float,
    "images_per_second": float,
}
RESULT_MAY: Kinds = {
    "engine_version": int,
    "reason": str | None,
    "model": str,
    "data": str,
    "test_fingerprint": str | None,
    "train_on": str,
    "validation_images": int,
    "steps": int,
    "restore_best": str | None,
    "weights_epoch": int | None,
    "validation_loss": Measure,
    "validation_cross_entropy": Measure,
    "validation_accuracy": Measure,
    "validation_tta_accuracy": Measure,
    "tta": Record | None,
    "seconds": Measure,
    "tta_seconds": Measure,
    "workers": int,
    "scored_images": str,
    "scored_accuracy": float,
    "accuracy_interval": tuple[float, float],
    "chance_accuracy": float,
    "chance_p_value": float,
    "versus_chance": str,
    "weights_sha256": str,
    "predictions_sha256": str,
}
EPOCH: Kinds = {
    "epoch": int,
    "step": int,
    "learning_rate": float,
    "train_loss": float,
    "train_accuracy": float,
    "validation_loss": Measure,
    "validation_accuracy": Measure,
}
EPOCH_MAY: Kinds = {"train_cross_entropy": float, "validation_cross_entropy": Measure}
EVALUATION: Kinds = {"data": str, "images": int, "accuracy": float, "loss": float}
EVALUATION_MAY: Kinds = {
    "id": str,
    "test": str | None,
    "fingerprint": str,
    "when": str,
    "tta": Record | None,
    "tta_accuracy": Measure,
    "tta_loss": Measure,
}
STATE: Kinds = {
    "step": int,
    "seen": int,
    "correct": int,
    "images": int,
    "loss_sum": float,
    "seconds": float,
    "clock": float,
}
STATE_MAY: Kinds = {"plain_sum": float}
ENVIRONMENT: Kinds = {"command": tuple[str, ...]}
ENVIRONMENT_MAY: Kinds = {
    "python": str,
    "packages": dict[str, str],
    "blas": tuple[dict[str, str | None], ...],
    "openmp_threads": tuple[int, ...],
    "workers": int,
    "device": str,
    "threads_per_worker": int,
    "plan": Record,
    "machine": dict[str, str | int | None],
    "data": Record,
    "data_root": str | None,
    "earlier": tuple[Record, ...],
}


def check(
    where: str, record: Mapping[str, Any], must: Kinds, may: Kinds, *, finite: bool = True
) -> None:
    """Raises ``RunError`` unless ``record`` has every entry of ``must``, and each is of its kind.

    Args:
        where: The file, and the line, for the error.
        record: What it says.
        must: Kind of each entry that it has to have.
        may: Kind of each that it may have.
        finite: Whether numbers have to be finite; those of the first versions were not always.
    """
    for name, kind in {**must, **may}.items():
        if name not in record:
            if name in must:
                raise RunError(
                    f"{where} is damaged (its {name} is missing); restore it or train again"
                )
            continue
        wanted = _misfit(record[name], kind)
        free = not finite and isinstance(record[name], float)
        if wanted is not None and not free:
            raise RunError(
                f"{where} is damaged (its {name} is {shown(record[name])} instead of {wanted}); "
                "restore it or train again"
            )


def _misfit(given: Any, kind: Any) -> str | None:
    """What an entry would have to be; None if it is."""
    if get_origin(kind) is dict:
        item = get_args(kind)[1]
        if not isinstance(given, dict):
            return "an object"
        return next(filter(None, (_misfit(each, item) for each in given.values())), None)
    if get_origin(kind) is tuple and get_origin(get_args(kind)[0]) is dict:
        if not isinstance(given, list):
            return "a list"
        return next(filter(None, (_misfit(each, get_args(kind)[0]) for each in given)), None)
    if given is not None and Record in get_args(kind):
        return _misfit(given, Record)
    try:
        fit(given, kind)
    except MisfitError as wanted:
        return str(wanted)
    return None


Line = dict[str, Any]


def both_losses(lines: Sequence[Line], loss: Callable[[], Loss]) -> list[Line]:
    """``lines``, each with the trained loss and plain cross-entropy of both parts.

    Those that an old line does not have are None. ``loss``, the one that was trained, is asked for
    only if a line is old.
    """
    if all("train_cross_entropy" in line or "train_loss" not in line for line in lines):
        return list(lines)
    plain = loss() == CrossEntropy()
    return [_renamed(line, plain) for line in lines]


def _renamed(line: Line, plain: bool) -> Line:
    validation = line.get("validation_loss")
    return line | {
        "train_cross_entropy": line["train_loss"] if plain else None,
        "validation_cross_entropy": validation,
        "validation_loss": validation if plain else None,
    }
