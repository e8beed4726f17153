"""Whether a training came to a result, and whether its result is what it says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thumblab.analysis import negative_log_likelihood
from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent, some
from thumblab.audit.rule import Observation, rule
from thumblab.audit.siblings import same_but_for_the_seed
from thumblab.audit.subject import Subject
from thumblab.core.errors import RunError

ERRORS = 3.0
"""Standard errors within which an accuracy is that of guessing."""
MISREAD = 1.02
"""A loss that is recorded beyond this factor of what it is was misread; bfloat16 rounds within it."""


@rule(
    code="T01",
    severity="error",
    title="At chance level",
    trigger="The accuracy is within three standard errors of always naming the most common class, on "
    "enough images to tell.",
    why="The network has learned nothing; whatever it is compared with, the difference says nothing "
    "of the method.",
    remedy="Try another learning rate, and predictions in evaluation mode; overfit ten images first.",
    source="Report R0: ResNet-20 with 1.53 % of 100 classes.",
)
def at_chance(subject: Subject) -> Iterator[Observation]:
    """Each run on its validation images; without any, on the training images of its last epoch."""
    for each in subject.done:
        found = _accuracy(each)
        if found is None:
            continue
        right, labels, part = found
        guess = float(np.bincount(labels).max() / len(labels))
        error = (guess * (1 - guess) / len(labels)) ** 0.5
        if right <= guess + ERRORS * error < 1:
            yield Observation(
                each.name,
                f"{percent(right)} of {len(labels):,} {part} images are right; always naming the most common "
                f"class gets {percent(guess)}",
                {"accuracy": right, "guessing": guess, "images": len(labels), "part": part},
            )


def _accuracy(run: Examined) -> tuple[float, np.ndarray, str] | None:
    hits, found = run.hits("validation"), run.logits("validation")
    if hits is not None and found is not None and len(hits):
        return float(hits.mean()), found[1], "validation"
    if run.data is None or not run.lines:
        return None
    return float(run.lines[-1]["train_accuracy"]), run.data.train.labels, "training"


@rule(
    code="T02",
    severity="warning",
    otherwise="error",
    title="Diverged, or not finite",
    trigger="A run has diverged, or its weights or logits hold NaN or infinity or are damaged otherwise; "
    "an error where a diverged seed was left out of its arm.",
    why="A seed that fails belongs to the method; a mean over those that came through says too much.",
    remedy="Count the seed with the accuracy that it has, and tell it; or lower the learning rate of all "
    "seeds.",
    source="PyTorch Lightning #20708; Dodge et al. 2020, arXiv:2002.06305 (failed seeds).",
)
def diverged(subject: Subject) -> Iterator[Observation]:
    """Runs of the arms, and seeds beside them that are not in them."""
    for each in subject.runs:
        what = _unusable(each)
        if what is not None:
            yield Observation(
                each.name, what, {"status": each.run.status, "epochs": len(each.lines)}
            )
    for name, runs in subject.arms.items() if not subject.declared.is_study else ():
        taken = {run.folder.resolve() for run in runs}
        dropped = [
            str(run.folder)
            for run in same_but_for_the_seed(runs[0])
            if run.folder.resolve() not in taken and _has_diverged(run)
        ]
        if dropped:
            yield Observation(
                name,
                f"{len(dropped)} seeds of {name!r} have diverged and were left out: {some(dropped)}",
                {"left_out": dropped},
                severity="error",
            )


def _has_diverged(run: object) -> bool:
    try:
        return getattr(run, "status", "") == "diverged"
    except RunError:
        return False


def _unusable(run: Examined) -> str | None:
    if run.run.status == "diverged":
        return f"it diverged in epoch {len(run.lines) + 1}: {run.result.get('reason') or 'no reason given'}"
    return "; ".join(run.run.lost) or None


@rule(
    code="T06",
    severity="error",
    title="The loss was misread",
    trigger="The validation loss that was recorded is not the mean loss of the predictions that were "
    "stored: it is off by a factor, such as that of a sum of batch means divided by images.",
    why="A curve of another unit cannot be compared with other curves, and a least value found on it "
    "may be another epoch's.",
    remedy="Average the loss over images: sum of each batch's mean times its images, divided by all "
    "images.",
    source="Report R3: 157 batch means summed and divided by 10,000 images, too small by 63.7.",
)
def loss_misread(subject: Subject) -> Iterator[Observation]:
    """The loss of the epoch whose weights were kept, beside that of the stored logits."""
    for each in subject.done:
        curve = each.curve("validation_cross_entropy")
        found = each.logits("validation")
        if curve is None or found is None or not 0 < each.weights_epoch <= len(curve):
            continue
        recorded, real = float(curve[each.weights_epoch - 1]), negative_log_likelihood(*found)
        factor = real / recorded if recorded > 0 else float("inf")
        if max(factor, 1 / max(factor, 1e-12)) > MISREAD and abs(real - recorded) > 1e-4:
            yield Observation(
                each.name,
                f"a validation loss of {recorded:.4g} is recorded, and the stored logits have {real:.4g}: "
                f"a factor of {factor:.1f}",
                {"recorded": recorded, "recomputed": real, "factor": factor},
            )
