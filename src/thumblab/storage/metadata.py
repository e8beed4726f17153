"""What a file of weights has to say of them: the shape of a sample, how it is normalized, the classes."""

from __future__ import annotations

import numpy as np


def metadata_fault(about: object) -> str | None:
    """What is wrong with what a file says of its weights; None if nothing is."""
    if not isinstance(about, dict):
        return "nothing is said of its weights"
    shape, classes = about.get("shape"), about.get("classes")
    if not isinstance(shape, list) or not all(type(side) is int and side > 0 for side in shape):
        return "its shape"
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        return "its classes"
    if not classes:
        return "it names no classes"
    for name in ("shift", "scale"):
        try:
            if not np.isfinite(np.asarray(about.get(name), np.float64)).all():
                return f"its {name}"
        except (TypeError, ValueError):
            return f"its {name}"
    if np.shape(about["shift"]) != np.shape(about["scale"]) or not np.all(about["scale"]):
        return "its scale"
    return None
