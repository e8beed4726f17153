"""Whether weights, and what is said of them, are those of an experiment's trained network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from thumblab.core.errors import RunError, ShapeError, UsageError
from thumblab.core.layer import weights
from thumblab.core.value import from_dict
from thumblab.storage.checkpoint import Arrays
from thumblab.storage.metadata import metadata_fault

if TYPE_CHECKING:
    from thumblab.experiment.experiment import Experiment


def check_trained(
    path: Path,
    experiment: Experiment,
    arrays: Arrays,
    about: object,
    modules: Mapping[str, ModuleType],
) -> None:
    """Raises ``RunError`` unless the file at ``path`` holds a trained network of ``experiment``.

    Args:
        path: Of the weights, for the error.
        experiment: What was trained.
        arrays: Weights by path.
        about: What the file says of them.
        modules: Where classes of the user's are found.
    """
    reason = metadata_fault(about)
    if reason is None and isinstance(about, dict):
        reason = _model_fault(experiment, about, modules) or _array_fault(experiment, arrays, about)
    if reason is not None:
        raise RunError(f"{path} is damaged ({reason}); restore it or train again")


def _model_fault(
    experiment: Experiment, about: dict[str, Any], modules: Mapping[str, ModuleType]
) -> str | None:
    try:
        same = from_dict(about.get("model"), modules) == experiment.model
    except (UsageError, TypeError, ValueError, AttributeError):
        same = False
    return None if same else "it is another model's"


def _array_fault(experiment: Experiment, arrays: Arrays, about: dict[str, Any]) -> str | None:
    try:
        owned = weights(experiment.model, tuple(about["shape"]))
        outputs = experiment.model.out_shape(tuple(about["shape"]))[0]
    except (ShapeError, UsageError, ValueError):
        return "its shape is not one that the model reads"
    if len(about["classes"]) > outputs:
        return f"it names {len(about['classes'])} classes of {outputs} outputs"
    if owned.keys() != arrays.keys():
        return f"{sorted(owned.keys() ^ arrays.keys())[0]!r} is missing, or not one of the model's"
    wanted = np.float64 if experiment.precision == "float64" else np.float32
    for name, array in arrays.items():
        if array.dtype != wanted or array.shape != owned[name].shape:
            return f"{name!r} is {array.dtype} of shape {array.shape}"
        if not np.isfinite(array).all():
            return f"{name!r} holds NaN or infinity"
    return None
