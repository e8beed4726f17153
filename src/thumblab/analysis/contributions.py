"""What each image adds to a score: by how much the score would change if it counted a little more.

Sums of squares of these are a score's variance over images, and differences of them between seeds are
the noise of single mistakes (see ``thumblab.verdict``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses

Array = NDArray[Any]


def accuracy_contributions(guesses: Array, labels: Array) -> Array:
    """``1 / n`` for a right guess, 0 for a wrong one; they sum to the accuracy.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.

    Returns:
        float64 ``(n,)``.
    """
    check_guesses(guesses, labels)
    return np.asarray((guesses == labels) / len(labels), np.float64)


def recall_contributions(guesses: Array, labels: Array, classes: Array) -> Array:
    """Of the plain mean of the recall over ``classes``, to which they sum.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        classes: Indices of the classes; those without samples are left out.

    Returns:
        float64 ``(n,)``.
    """
    check_guesses(guesses, labels)
    support = np.bincount(labels, minlength=int(classes.max(initial=0)) + 1)
    there = classes[support[classes] > 0]
    own = np.isin(labels, there)
    found = own * (guesses == labels) / np.maximum(support[labels], 1) / max(len(there), 1)
    return np.asarray(found, np.float64)


def macro_f1_contributions(guesses: Array, labels: Array) -> Array:
    """Of macro-F1 over the classes that occur: its derivative at the image's weight; they sum to 0.

    ``F1 = 2 h / (t + g)`` for a class with ``t`` samples, ``g`` guesses and ``h`` hits; so a hit adds
    ``2 / (t + g)``, and each sample and each guess takes ``2 h / (t + g)^2`` away.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.

    Returns:
        float64 ``(n,)``.
    """
    check_guesses(guesses, labels)
    size = int(max(guesses.max(), labels.max())) + 1
    right = guesses == labels
    both = np.bincount(labels, minlength=size) + np.bincount(guesses, minlength=size)
    hits = np.bincount(labels[right], minlength=size)
    whole = np.maximum(both, 1)
    taken = 2 * hits / whole**2
    added = right * 2 / whole[labels] - taken[labels] - taken[guesses]
    return np.asarray(added / np.count_nonzero(both), np.float64)
