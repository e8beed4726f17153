"""Whether the test images have had a part in choosing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent, points, some
from thumblab.audit.rule import Observation, rule
from thumblab.audit.siblings import without_seed
from thumblab.audit.subject import Subject
from thumblab.core.errors import ThumblabError
from thumblab.runs import Run
from thumblab.runs.ledger import evaluations

MOSTLY = 0.5
"""From this share on, validation images that are test images make the validation part the test part."""


def share_of_test(run: Examined) -> float:
    """Which share of the images that a run chooses by are test images of its data."""
    data = run.data
    if data is None or data.test is None or not len(data.validation):
        return 0.0
    return float(np.isin(data.validation.digests, data.test.digests).mean())


@rule(
    code="S01",
    severity="error",
    title="The test images chose",
    trigger="An epoch, a stop, a learning rate or a setting was chosen by images that are test images, or "
    "a study was changed after its test images had been looked at.",
    why="What is chosen by the test images fits them, so their accuracy says too much of new images.",
    remedy="Choose by validation images that are kept apart, train again, and look at the test images "
    "once.",
    source="Report R1 (300 epochs watched on the test images); Roth et al. 2025, leakage class II; Recht "
    "et al. 2019, arXiv:1902.10811.",
)
def test_chose(subject: Subject) -> Iterator[Observation]:
    """Choices of a run, of a search, and of a study that was changed."""
    for each in subject.done:
        choosing = each.experiment.choosing
        share = share_of_test(each) if choosing else 0.0
        if share >= MOSTLY:
            yield Observation(
                each.name,
                f"{' and '.join(choosing)} chose by validation images of which {percent(share)} are test "
                "images",
                {"choosing": list(choosing), "share": share},
            )
    search = subject.declared.search
    if search is not None and search.part == "test":
        trials = sum(search.trials.values())
        yield Observation(
            "study", f"a search of {trials} trials chose by the test images", {"trials": trials}
        )
    looks = sorted(look for each in subject.runs if (look := _first_look(each.run)))
    late = [d for d in subject.declared.deviations if looks and d.when and d.when > looks[0]]
    if late:
        yield Observation(
            "study",
            f"the test images were looked at on {looks[0]}, and the study was changed after that: "
            f"{some([each.what for each in late])}",
            {"looked": looks[0], "changed": {each.when: each.what for each in late}},
        )


def _first_look(run: Run) -> str | None:
    own = [
        str(line["when"]) for line in run.evaluations if line["data"] == "own" and "when" in line
    ]
    return min(own, default=None)


@rule(
    code="S02",
    severity="error",
    title="The best epoch by the test images",
    trigger="The epoch that is reported is the best of a curve that was measured on test images, and is "
    "not the last one.",
    why="The best of many epochs is partly luck, and the luck is that of these images alone.",
    remedy="Take the last epoch, or the best by validation images that are no test images.",
    source="Report R1, experiment 4: 54.60 % at the last epoch, 73.8 % at the best.",
)
def best_epoch_on_test(subject: Subject) -> Iterator[Observation]:
    """The epoch whose weights were kept."""
    for each in subject.done:
        curve = each.curve("validation_accuracy")
        if each.experiment.restore_best is None or curve is None:
            continue
        kept = each.weights_epoch
        best = int(curve.argmax()) + 1
        if kept == best < len(curve) and share_of_test(each) >= MOSTLY:
            gain = float(curve[best - 1] - curve[-1])
            yield Observation(
                each.name,
                f"epoch {best} of {len(curve)} was kept, the best on test images; the last has "
                f"{percent(float(curve[-1]))}, this one {points(gain)}",
                {"epoch": best, "curve": curve.tolist(), "gain": gain},
            )


@rule(
    code="S03",
    severity="warning",
    otherwise="error",
    title="Test images looked at again",
    trigger="The ledger has evaluations of other experiments on the same test images; an error where a "
    "study was changed between two of its own looks.",
    why="With every look more is known of these images, and the next choice is made with that "
    "knowledge.",
    remedy="Say how often they were looked at, or take test images that were not.",
    source="Recht et al. 2019, arXiv:1902.10811; Blum & Hardt 2015, arXiv:1502.04585 (the ladder).",
)
def looked_again(subject: Subject) -> Iterator[Observation]:
    """Looks by others than the compared experiments, once for each folder of runs."""
    own = {each.run.folder.name for each in subject.runs}
    kinds = {without_seed(each.experiment) for each in subject.runs}
    folders = {each.run.folder.parent: each for each in subject.runs}
    for folder, each in folders.items():
        found = evaluations(each.run)
        mine = sum(entry["run"] in own for entry in found)
        others = [
            str(entry["run"])
            for entry in found
            if entry["run"] not in own and not _repeats(folder, str(entry["run"]), kinds)
        ]
        if mine and others:
            names = sorted(set(others))
            yield Observation(
                str(folder),
                f"beside {mine} evaluations of these runs, the same test images were evaluated on "
                f"{len(others)} times by {len(names)} others: {some(names)}",
                {"own": mine, "others": len(others), "runs": names},
            )
    yield from _changed_between(subject)


def _repeats(folder: object, name: str, kinds: set[str]) -> bool:
    """Whether a run is another seed of an experiment that is looked at."""
    try:
        run = Run.open(f"{folder}/{name}")
        return without_seed(run.experiment) in kinds
    except (ThumblabError, OSError):
        return False


def _changed_between(subject: Subject) -> Iterator[Observation]:
    looks = sorted(
        str(line["when"])
        for each in subject.runs
        for line in each.run.evaluations
        if line["data"] == "own" and "when" in line
    )
    changes = [d.when for d in subject.declared.deviations if d.when]
    between = [when for when in changes if looks and looks[0] < when < looks[-1]]
    if between:
        yield Observation(
            "study",
            f"the study was changed on {some(between)}, between looks at its test images on {looks[0]} and "
            f"{looks[-1]}",
            {"looks": looks, "changes": between},
            severity="error",
        )
