"""What the page of a study shows: plain values, none of them read or computed by the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

from thumblab.audit import Deviation, Finding
from thumblab.core.errors import UsageError
from thumblab.verdict import Verdict

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class StudyArm:
    """One way to train, and its runs.

    Attributes:
        name: The arm's, as the verdict has it.
        settings: How it differs from the baseline, in a few words; empty if the name says it.
        seeds: Number of the seed of each run, in order.
        accuracies: Of each run, fractions, diverged ones with what they have.
        parameters: Weights and statistics, or None.
        flops: Of one image, forward, or None.
        seconds: Of training, a run each; empty if not known.
        diverged: Seeds that diverged.
        curves: ``(seeds, epochs)`` by measure: ``train_accuracy``, ``validation_accuracy``,
            ``train_loss``, ``validation_loss``; NaN after a run's end. Measures may be missing.
        confusion: Counts ``(classes, classes)`` summed over the seeds, row = truth, or None.
    """

    name: str
    settings: str = ""
    seeds: tuple[int, ...] = ()
    accuracies: tuple[float, ...] = ()
    parameters: int | None = None
    flops: int | None = None
    seconds: tuple[float, ...] = ()
    diverged: tuple[int, ...] = ()
    curves: Mapping[str, Array] = field(default_factory=dict)
    confusion: Array | None = None


@dataclass(frozen=True, eq=False)
class StudyPage:
    """A study, or runs that are compared without one.

    Attributes:
        title: What the page is called.
        question: What was asked, in a sentence; may be empty.
        arms: In the order of the tables.
        verdict: On the arms; None where nothing could be compared.
        is_declared: Whether the comparison was declared before the runs; else the page says so.
        findings: Of an audit, or None if there was none.
        rules: How many rules the audit asked.
        part: The images that it is about.
        declared: Names and values of what was declared, such as ``("seeds", "5")``.
        locked: When and under what digest the study was locked; empty for no lock.
        deviations: From what was locked.
        looks: A line each time that a verdict was printed or test images were evaluated.
        hits: Whether each image was got right, bool ``(seeds, images)`` of each arm.
        labels: Class index of each image ``(images,)``, or None.
        classes: Names of the classes; empty if not known.
        images: The images, uint8 ``(images, h, w, c)``, or None if they are not to be shown.
        files: File of each image; empty where images are no files of their own.
        environment: Names and values: machine, versions.
        commands: That made, and make again, what is shown.

    Raises:
        UsageError: If there is no arm, or two have one name.
    """

    title: str
    arms: tuple[StudyArm, ...]
    question: str = ""
    verdict: Verdict | None = None
    is_declared: bool = True
    findings: tuple[Finding, ...] | None = None
    rules: int = 0
    part: Literal["validation", "test"] = "validation"
    declared: tuple[tuple[str, str], ...] = ()
    locked: str = ""
    deviations: tuple[Deviation, ...] = ()
    looks: tuple[str, ...] = ()
    hits: Mapping[str, Array] = field(default_factory=dict)
    labels: Array | None = None
    classes: tuple[str, ...] = ()
    images: Array | None = None
    files: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [arm.name for arm in self.arms]
        if not names or len(set(names)) < len(names):
            raise UsageError(
                f"a page of the arms {names} cannot be made; give at least one, each under its own name"
            )

    @property
    def baseline(self) -> StudyArm:
        """The arm that the others are compared with: the verdict's, else the first."""
        named = self.verdict.baseline if self.verdict else self.arms[0].name
        return next((arm for arm in self.arms if arm.name == named), self.arms[0])
