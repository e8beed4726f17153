"""One rule for networks with more outputs than classes: outputs beyond the classes are no answer.

They are never predicted, and no probability is given to them: the softmax leaves them out. So it is in
training accuracy and plain cross-entropy, in validation, and for what reads a finished run. The loss
that is trained sees all outputs.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from thumblab.core.errors import RunError

Predictions = dict[str, NDArray[Any]]


def class_logits(stored: Predictions, weights: Path) -> Predictions:
    """``stored``, its logits without the outputs beyond the classes that the weights' file names.

    A run writes none since engine version 7; earlier ones wrote all outputs.
    """
    classes = None
    with suppress(SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError):
        with safe_open(weights, framework="numpy") as file:
            message = (file.metadata() or {})["thumblab"].partition(" ")[2]
        classes = len(json.loads(message)["classes"])
    for name, array in stored.items():
        if classes is not None and name.endswith("_labels") and array.max() >= classes:
            raise RunError(
                f"{weights} is damaged (it names {classes} classes, and labels go to {array.max()}); "
                "restore it or train again"
            )
    return {
        name: array[:, :classes] if name.endswith("_logits") and array.ndim == 2 else array
        for name, array in stored.items()
    }
