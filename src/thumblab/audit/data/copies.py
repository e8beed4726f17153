"""Images that are in two parts of the data at once, byte by byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent
from thumblab.audit.rule import Observation, rule
from thumblab.audit.split_data import SplitData
from thumblab.audit.subject import Subject
from thumblab.data import Split

TOLERATED = 0.001
"""A share of copies that moves no accuracy by more than a tenth of a point."""
SHOWN = 10


def _copies(data: SplitData, part: Split) -> tuple[float, list[int]]:
    """Which share of a part is trained on, and the first of these images."""
    rows = data.trained_on(part).nonzero()[0]
    return len(rows) / len(part), rows[:SHOWN].tolist()


@rule(
    code="D01",
    severity="error",
    otherwise="warning",
    title="Training images in the test part",
    trigger="More than 0.1 % of the test images are, byte by byte, images that are trained on; a warning "
    "where it is less.",
    why="What a network has seen with its label it may know by heart; its test accuracy says too much "
    "of new images.",
    remedy="Leave the copies out of the training part, or give the accuracy on the others alone.",
    source="Report R2 (86 % of a test part); Kapoor & Narayanan 2023, arXiv:2207.07048, leakage L1.4; "
    "Barz & Denzler 2020, arXiv:1902.00423.",
    needs_data=True,
)
def training_images_in_test(subject: Subject) -> Iterator[Observation]:
    """The test part of each data set, beside what is trained on."""
    for data in subject.split_data:
        if data.test is None:
            continue
        share, rows = _copies(data, data.test)
        if share:
            known = _without_copies(subject, data)
            others_text = "".join(
                f"; {name} has {percent(right)} of the others" for name, right in known
            )
            yield Observation(
                data.name,
                f"{percent(share)} of {len(data.test):,} test images are trained on{others_text}",
                {
                    "share": share,
                    "images": len(data.test),
                    "test_rows": rows,
                    "others": dict(known),
                },
                severity="error" if share > TOLERATED else "warning",
            )


def _without_copies(subject: Subject, data: SplitData) -> list[tuple[str, float]]:
    """Accuracy on the other test images, of runs whose test accuracy is known already."""
    assert data.test is not None
    others = ~data.trained_on(data.test)
    found = []
    for each in subject.done:
        hits = each.hits("test") if each.run.test_accuracy is not None else None
        if each.data is data and hits is not None and others.any() and len(hits) == len(others):
            found.append((each.name, float(hits[others].mean())))
    return found


@rule(
    code="D03",
    severity="error",
    title="Training images in the validation part",
    trigger="Validation images are, byte by byte, images that are trained on; or arms are compared on "
    "validation images that they were trained on.",
    why="What is chosen by known images is what learns by heart.",
    remedy="Keep copies on one side of the split, as a split of the training part does by itself; "
    "compare runs that did not train on all images.",
    source="Kapoor & Narayanan 2023, arXiv:2207.07048, leakage L1.",
    needs_data=True,
)
def training_images_in_validation(subject: Subject) -> Iterator[Observation]:
    """The validation part of each split."""
    for data in subject.split_data:
        if not len(data.validation):
            continue
        on_all = data.experiment.train_on == "all"
        if on_all and not (subject.is_compared and subject.declared.part == "validation"):
            continue  # said by the setting itself, and nothing chooses by them
        share, rows = _copies(data, data.validation)
        if share:
            yield Observation(
                data.name,
                f"{percent(share)} of {len(data.validation):,} validation images are trained on",
                {"share": share, "images": len(data.validation), "validation_rows": rows},
            )


@rule(
    code="D04",
    severity="error",
    title="Another split of the same images",
    trigger="A network was evaluated on other data of which it has trained on more than 0.1 %, as the "
    "ledger of its run says.",
    why="Two splits of one source share images; off the diagonal of a table of networks and data "
    "sets, part of what is called test was training.",
    remedy="Test on images that no network of the table has trained on.",
    source="Report R2: byClass and byMerge are two splits of the same characters; 14.2 % of the test "
    "images of one are test images of the other.",
)
def other_split(subject: Subject) -> Iterator[Observation]:
    """Each evaluation on other data."""
    for each in subject.runs:
        for line in _crossed(each):
            seen, images = int(line["cross"]["seen"]), int(line["images"])
            if seen > TOLERATED * images:
                yield Observation(
                    each.name,
                    f"on {line['data']}, {seen:,} of {images:,} test images ({percent(seen / images)}) are "
                    f"images that it has trained on; its accuracy there is {percent(line['accuracy'])}",
                    {
                        "data": line["data"],
                        "seen": seen,
                        "images": images,
                        "accuracy": line["accuracy"],
                    },
                )


def _crossed(run: Examined) -> Iterator[dict[str, Any]]:
    for line in run.run.evaluations:
        cross = line.get("cross")
        if line["data"] != "own" and isinstance(cross, dict) and "seen" in cross:
            yield line
