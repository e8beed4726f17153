"""The group of the likeliest class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thumblab.analysis.check import check_groups
from thumblab.analysis.mappings.mapping import Mapping, Scores, fitted, membership

Array = NDArray[Any]


@dataclass(frozen=True)
class ArgmaxGroup(Mapping):
    """The group of the likeliest class, a tie going to the lowest: score 1, and 0 for the others.

    What the network says of the other classes is lost; no monotone change of a sample's logits
    changes the guess. Source: report R0, "argmax-based simple mapping".
    """


@fitted.register
def _argmax_group(mapping: ArgmaxGroup, logits: Array, labels: Array, groups: Array) -> Scores:
    check_groups(logits, labels, groups)
    members = membership(groups)
    return lambda logits: members[logits.argmax(1)]
