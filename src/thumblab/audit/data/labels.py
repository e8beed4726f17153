"""Labels that contradict each other, or what networks have learned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import probabilities, temperature
from thumblab.audit.formatting import percent, some
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject

Array = NDArray[Any]

WORST = 20
FEWEST = 0.005
"""Share of suspects below which a network's own mistakes explain them."""
SURE = 0.95


@rule(
    code="D05",
    severity="warning",
    title="One image under two labels",
    trigger="Images that are equal byte by byte have different labels.",
    why="At least one of the labels is wrong, and no network can have all of them right.",
    remedy="Look at them, and drop or relabel them.",
    source="Northcutt et al. 2021, arXiv:2103.14749.",
    needs_data=True,
)
def conflicting_labels(subject: Subject) -> Iterator[Observation]:
    """Each data set as a whole."""
    seen: set[str] = set()
    for data in subject.split_data:
        places = data.checked.contradictory
        if places and data.dataset.fingerprint not in seen:
            seen.add(data.dataset.fingerprint)
            shown = [" and ".join(each) for each in places]
            yield Observation(
                data.name,
                f"{len(places):,} images have more than one label: {some(shown, 3)}",
                {"images": len(places), "places": [list(each) for each in places[:WORST]]},
            )


@rule(
    code="D06",
    severity="note",
    title="Labels that may be wrong",
    trigger="More than 0.5 % of the validation images are given to another class with a probability of "
    "0.95 or more, and more than this class usually gets, by the first run of an arm, its "
    "confidence calibrated.",
    why="Wrong labels in the test part set a ceiling, and can turn the order of networks.",
    remedy="Look at the images, worst first.",
    source="Northcutt et al. 2021, arXiv:1911.00068 (confident learning).",
)
def label_suspects(subject: Subject) -> Iterator[Observation]:
    """By the first run of each arm, whose validation images it has not trained on."""
    for each in subject.first_of_each_arm:
        found = each.logits("validation")
        if found is None or each.experiment.train_on == "all":
            continue
        logits = found[0] / temperature(*found)  # else every network that is too sure is right
        rows = suspects(probabilities(logits), found[1])
        if len(rows) > FEWEST * len(found[1]):
            share = len(rows) / len(found[1])
            yield Observation(
                each.name,
                f"{len(rows):,} of {len(found[1]):,} validation images ({percent(share)}) may have the wrong "
                f"label; the worst are {some(rows[:WORST].tolist())}",
                {"suspects": len(rows), "share": share, "worst": rows[:WORST].tolist()},
            )


def suspects(chances: Array, labels: Array) -> Array:
    """Rows whose label is doubtful, the most doubtful first.

    Args:
        chances: Probability of each class, of a network that has not trained on these images ``(n, k)``.
        labels: Class indices ``(n,)``.
    """
    given = chances[np.arange(len(labels)), labels]
    usual = np.array(
        [
            given[labels == k].mean() if (labels == k).any() else np.inf
            for k in range(chances.shape[1])
        ]
    )
    sure = np.where(chances >= np.maximum(usual, SURE), chances, 0.0)
    other = sure.argmax(1)
    doubted = (sure.max(1) > 0) & (other != labels) & (given < usual[labels])
    rows = np.flatnonzero(doubted)
    order: Array = rows[np.argsort((given - chances.max(1))[rows], kind="stable")]
    return order
