"""How often each class occurs, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.formatting import some
from thumblab.audit.rule import Observation, rule
from thumblab.audit.split_data import SplitData
from thumblab.audit.subject import Subject

Array = NDArray[Any]

EXPECTED = 5.0
"""So many images of a class are expected in a part before its absence says anything (chance e^-5)."""
RATIO = 5.0
IMBALANCE = 10.0


@rule(
    code="D07",
    severity="error",
    otherwise="warning",
    title="Classes differ in training and test",
    trigger="A class is tested that is not trained, or trained and not tested though at least five images "
    "were expected; a warning where a class is more than five times as frequent in one part as in "
    "the other, beyond chance.",
    why="The accuracy is a mean over the classes as the test part has them; of other frequencies it "
    "is another.",
    remedy="Draw both parts from one source, or report a balanced measure.",
    source="Report R2 (EMNIST byClass against Balanced); Saerens et al. 2002, "
    "doi:10.1162/089976602753284446.",
    needs_data=True,
)
def classes_differ(subject: Subject) -> Iterator[Observation]:
    """Training and test part of each split."""
    for data in subject.split_data:
        if data.test is None:
            continue
        trained, tested = data.counts(data.train), data.counts(data.test)
        expected = trained / max(trained.sum(), 1) * tested.sum()
        unknown = (trained == 0) & (tested > 0)
        absent = (tested == 0) & (expected >= EXPECTED)
        for rows, what in ((unknown, "tested and not trained"), (absent, "trained and not tested")):
            if rows.any():
                yield _observed(data, rows, what, (trained, tested), severe=True)
        rare = (tested > 0) & (expected >= EXPECTED) & (tested * RATIO < expected)
        often = (trained > 0) & (tested >= EXPECTED) & (tested > RATIO * np.maximum(expected, 1))
        for rows, what in ((rare, "far rarer in the test part"), (often, "far rarer in training")):
            if rows.any():
                yield _observed(data, rows, what, (trained, tested), severe=False)


def _observed(
    data: SplitData, rows: Array, what: str, counts: tuple[Array, Array], *, severe: bool
) -> Observation:
    names = [data.classes[i] for i in np.flatnonzero(rows)]
    table = {data.classes[i]: [int(each[i]) for each in counts] for i in np.flatnonzero(rows)}
    return Observation(
        data.name,
        f"{len(names)} of {len(data.classes)} classes are {what}: {some(names)}",
        {"train_and_test": table},
        severity="error" if severe else "warning",
    )


@rule(
    code="D08",
    severity="warning",
    title="Unequal classes, and accuracy alone",
    trigger="The most frequent class has more than ten times the training images of the rarest, and the "
    "metric that is declared is accuracy.",
    why="Accuracy is the mean over images; a network that never names the rare classes loses little "
    "of it.",
    remedy="Declare macro-F1, or show it and the recall of the rare classes beside the accuracy.",
    source="Report R2 (38,374 against 1,896 images); Johnson & Khoshgoftaar 2019, "
    "doi:10.1186/s40537-019-0192-5.",
    needs_data=True,
)
def imbalance(subject: Subject) -> Iterator[Observation]:
    """The training part of each split."""
    if subject.declared.metric != "accuracy":
        return
    for data in subject.split_data:
        counts = data.counts(data.train)
        known = np.flatnonzero(counts)
        most, least = known[counts[known].argmax()], known[counts[known].argmin()]
        ratio = float(counts[most] / counts[least])
        if ratio > IMBALANCE:
            yield Observation(
                data.name,
                f"{data.classes[most]} has {counts[most]:,} training images and {data.classes[least]} "
                f"{counts[least]:,}, {ratio:.1f} times fewer",
                {"most": int(counts[most]), "least": int(counts[least]), "ratio": ratio},
            )
