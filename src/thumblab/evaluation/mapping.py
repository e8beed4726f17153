"""From fine classes to coarse ones, for finished runs: chosen on validation images, tested once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import Grouping, ensemble
from thumblab.analysis.mappings import (
    ArgmaxGroup,
    CoarseHead,
    EntropyWeighted,
    GroupSum,
    Mapping,
    SoftLabelMean,
    TemperedSum,
    ValidationWeighted,
    cross_fitted,
    fitted,
)
from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import to_dict
from thumblab.evaluation.compatible import check_done, check_each_once, check_same_validation
from thumblab.evaluation.evaluate import logits_of, score_and_log
from thumblab.evaluation.mapping_table import MappingTable, mapping_table
from thumblab.runs import Run, ledger

Array = NDArray[Any]

MAPPINGS: tuple[Mapping, ...] = (
    ArgmaxGroup(),
    GroupSum(),
    EntropyWeighted(),
    SoftLabelMean(),
    ValidationWeighted(),
    TemperedSum(),
    CoarseHead(),
)
"""In the order of the table, the plainest first: of equally good ones the first is chosen."""


@dataclass(frozen=True)
class Mapped:
    """Fine to coarse for some runs.

    Attributes:
        grouping: Which classes belong together.
        validation: The table that chooses. Mappings that are fitted are scored on folds they were
            not fitted to.
        test: The same rows on test images, with mappings fitted to all validation images; None as
            long as the test images are not asked for.
        looks: How many evaluations of each run's test set there are, over all runs in its folder.
    """

    grouping: Grouping
    validation: MappingTable
    test: MappingTable | None
    looks: tuple[int, ...]


def map_runs(
    runs: Sequence[Run], grouping: Grouping, *, tta: bool = False, final: bool = False
) -> Mapped:
    """Every mapping of every run, and of their ensemble where there are several.

    The network and mapping with the highest coarse accuracy on validation images are chosen; with
    ``final`` they are tested, and the evaluation of every run is logged.

    Args:
        runs: Runs that are done, on the same data with the same validation images.
        grouping: Which of their classes belong together.
        tta: Whether networks answer by the mean logits with the TTA that their experiments name.
        final: Whether to evaluate on the test images.

    Raises:
        UsageError: If a run is not done or has trained on its validation images, or the runs do not
            go together.
        DataError: If there are no validation images, or none to test on.
    """
    _check(runs, grouping)
    groups = np.asarray(grouping.groups)
    held, chosen = _chosen(runs, groups, tta)
    tested = None
    if final:
        tested = _tested(runs, groups, held, chosen, tta)
        _note(runs, tested, tta)
    return Mapped(grouping, chosen, tested, tuple(map(ledger.count, runs)))


def judged_mappings(run: Run, grouping: Grouping) -> MappingTable:
    """The mappings of one run as its page shows them: on test images if they were evaluated.

    Else on its validation images. No evaluation is logged.

    Raises:
        UsageError: If the run is not done or has trained on its validation images.
        DataError: If there are no validation images.
    """
    _check([run], grouping)
    groups = np.asarray(grouping.groups)
    held, chosen = _chosen([run], groups, tta=False)
    tested = run.test_accuracy is not None and "test_labels" in run.predictions
    return _tested([run], groups, held, chosen, tta=False) if tested else chosen


def _chosen(runs: Sequence[Run], groups: Array, tta: bool) -> tuple[dict[str, Array], MappingTable]:
    """Logits on validation images, and the table that chooses by them."""
    held = _networks(runs, "validation", len(groups), tta)
    labels = runs[0].predictions["validation_labels"]
    guesses = {
        (name, mapping): cross_fitted(mapping, logits, labels, groups)
        for name, logits in held.items()
        for mapping in MAPPINGS
    }
    best = max(guesses, key=lambda which: np.mean(guesses[which] == groups[labels]))
    return held, mapping_table("validation", held, labels, groups, guesses, best)


def _tested(
    runs: Sequence[Run],
    groups: Array,
    held: dict[str, Array],
    chosen: MappingTable,
    tta: bool,
) -> MappingTable:
    """The same rows on test images, by mappings fitted to all validation images."""
    labels = runs[0].predictions["validation_labels"]
    tests = _networks(runs, "test", len(groups), tta)
    guesses = {
        (name, mapping): fitted(mapping, held[name], labels, groups)(logits).argmax(1)
        for name, logits in tests.items()
        for mapping in MAPPINGS
    }
    best = (chosen.chosen.network, chosen.chosen.mapping)
    truth = runs[0].predictions["test_labels"]
    return mapping_table("test", tests, truth, groups, guesses, best)


def _check(runs: Sequence[Run], grouping: Grouping) -> None:
    if len(grouping.names) < 2:
        raise UsageError(
            f"the classes make one group, {grouping.names}; there is nothing to map to"
        )
    if len(grouping.names) == len(grouping.groups):
        raise UsageError(
            f"each of {len(grouping.groups)} classes is a group of its own; there is nothing to map to"
        )
    check_done(runs)
    check_same_validation(runs)
    check_each_once(runs)


def _networks(runs: Sequence[Run], part: str, classes: int, tta: bool) -> dict[str, Array]:
    """Logits of each run on one part, and of all together; outputs beyond the classes are cut off."""
    found = {str(run.folder): _logits(run, part, tta)[:, :classes] for run in runs}
    if len(runs) > 1:
        found[f"ensemble of {len(runs)}"] = ensemble(list(found.values()))
    return found


def _logits(run: Run, part: str, tta: bool) -> Array:
    stored = run.predictions
    if f"{part}_labels" not in stored:
        raise DataError(
            f"{run.folder} has no {part} images; train on data, or a share, that has some"
        )
    name = f"{part}_tta_logits" if tta else f"{part}_logits"
    if name not in stored:
        raise UsageError(
            f"the experiment of {run.folder} names no test-time augmentation; leave tta out"
        )
    return stored[name]


def _note(runs: Sequence[Run], tested: MappingTable, tta: bool) -> None:
    row = tested.chosen
    values = {
        "network": row.network,
        "mapping": to_dict(row.mapping),
        "tta": tta,
        "coarse_accuracy": row.accuracy,
    }
    for run in runs:
        score_and_log(run, logits_of(run), mapped=values)
