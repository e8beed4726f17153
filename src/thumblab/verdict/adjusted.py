"""P-values of several comparisons on two kinds of images, adjusted so that one level holds for all words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import holm

Array = NDArray[Any]


def adjusted(these: Array, beyond: Array | None, silent: int) -> tuple[Array, Array | None]:
    """Adjusted p-values on these images and on images like these.

    A comparison may be claimed on these images, and after that on images like these. Each has its
    share of the level; only where both are claimed does it pass its share to the others. So all words
    together are wrong with the chance of the level, which Holm's correction of each kind of images by
    itself does not promise: arms that differ on these images alone would lend what they still need.

    Args:
        these: P-values on these images ``(comparisons,)``.
        beyond: On images like these; None where they cannot be told.
        silent: Comparisons of which nothing is known: their p-values are 1.

    Returns:
        Both ``(comparisons,)``, each at least its own p-value; the second None with ``beyond``.

    Source: graphs of sequential tests, Bretz, Maurer, Brannath and Posch 2009, doi:10.1002/sim.3495.
    """
    both = these if beyond is None else np.maximum(these, beyond)
    count = len(these) + silent
    whole = _holm(both, silent)
    own = np.empty(len(these))
    for place, p_value in enumerate(these):
        before = np.sort(np.delete(whole, place))
        steps = np.concatenate([[0.0], before])
        own[place] = np.maximum(p_value * (count - np.arange(len(steps))), steps).min()
    return np.minimum(own, 1.0), None if beyond is None else whole


def _holm(p_values: Array, silent: int) -> Array:
    return holm(np.concatenate([p_values, np.ones(silent)]))[: len(p_values)]
