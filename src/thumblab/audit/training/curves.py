"""What the curves of a training say against it."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import numpy as np

from thumblab.analysis import Overfitting, overfitting
from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent, points, some
from thumblab.audit.paired import paired
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.layer import Layer
from thumblab.layers import Dropout, StochasticDepth

LAST = 0.1
"""Share of the epochs that are the last ones."""
ASKED_EPOCHS = 10
"""Of fewer epochs, the last tenth is no phase of its own."""
RISEN = 0.1
GAP = 0.05


def _curves(run: Examined) -> Overfitting | None:
    names = (
        "train_cross_entropy",
        "train_accuracy",
        "validation_cross_entropy",
        "validation_accuracy",
    )
    curves = [run.curve(name) for name in names]
    curves[0] = run.curve("train_loss") if curves[0] is None else curves[0]
    known = [each for each in curves if each is not None and np.isfinite(each).all()]
    return overfitting(*known) if len(known) == len(names) else None


def _last(epochs: int) -> int:
    return max(1, ceil(LAST * epochs))


@rule(
    code="T03",
    severity="warning",
    title="The last epoch swings",
    trigger="The validation accuracy falls by 5 points or more in the last tenth of the epochs; or it "
    "changes from epoch to epoch by more than the difference between the arms, over its second "
    "half.",
    why="Where the curve swings, the epoch at which training happens to end decides the result.",
    remedy="Let the learning rate fall to nearly 0, average weights (EMA), or keep the best epoch by "
    "validation.",
    source="Report R1, experiment 4: 73.0 % at epoch 292, 54.6 % at 300.",
)
def last_epoch_swings(subject: Subject) -> Iterator[Observation]:
    """Late falls of each run, and the swing of each arm beside its difference."""
    for each in subject.done:
        found = _curves(each)
        if found is None or len(found.loss_gap) < ASKED_EPOCHS:
            continue
        epochs = len(found.loss_gap)
        late = [fall for fall in found.valleys if fall.epoch > epochs - _last(epochs)]
        if late:
            falls = [f"{points(-fall.depth)} at epoch {fall.epoch}" for fall in late]
            yield Observation(
                each.name,
                f"the validation accuracy falls by {some(falls)} of {epochs}",
                {"falls": [[fall.epoch, fall.depth] for fall in late], "epochs": epochs},
            )
    for pair in paired(subject):
        curves = [found for run in (*pair.first, *pair.second) if (found := _curves(run))]
        swings = [each.swing for each in curves if len(each.loss_gap) >= ASKED_EPOCHS]
        swing = float(np.mean(swings)) if swings else 0.0
        if swing > abs(pair.difference):
            yield Observation(
                pair.label,
                f"the arms differ by {points(pair.difference)}, and from epoch to epoch their accuracy "
                f"changes by {percent(swing)}",
                {"difference": pair.difference, "swing": swing},
            )


@rule(
    code="T04",
    severity="warning",
    title="Not converged",
    trigger="In the last tenth of ten epochs or more, an arm's validation accuracy still rose by more "
    "than half of the difference between the arms.",
    why="The arms are compared on their way; with more epochs the order may be another one.",
    remedy="Train longer, or until the validation accuracy stands still.",
    source="Zhang et al. 2021, AutoTrainer, doi:10.1109/ICSE43902.2021.00043 (slow convergence).",
)
def not_converged(subject: Subject) -> Iterator[Observation]:
    """What each arm gained at last, beside the difference."""
    for pair in paired(subject):
        for side in (pair.first, pair.second):
            gains = [gain for run in side if (gain := _gain(run)) is not None]
            gain = float(np.mean(gains)) if gains else 0.0
            if gain > 0.5 * abs(pair.difference) and gain > _noise(side, pair.part):
                yield Observation(
                    side[0].arm,
                    f"{side[0].arm!r} gained {points(gain)} in the last tenth of its epochs, and the arms "
                    f"differ by {points(pair.difference)}",
                    {"gain": gain, "difference": pair.difference},
                )


def _gain(run: Examined) -> float | None:
    curve = run.curve("validation_accuracy")
    if curve is None or len(curve) < ASKED_EPOCHS:
        return None
    last = _last(len(curve))
    return float(curve[-last:].mean() - curve[-2 * last : -last].mean())


def _noise(side: tuple[Examined, ...], part: str) -> float:
    """Standard error of an accuracy of these runs."""
    hits = side[0].hits(part)
    return 0.0 if hits is None else float(hits.std() / max(len(hits), 1) ** 0.5)


@rule(
    code="T05",
    severity="note",
    title="Overfitted",
    trigger="The validation loss was least before the last epoch and has risen by a tenth since, and "
    "training images are known better than validation images by more than 5 points.",
    why="What is learned beyond that point is these training images.",
    remedy="Fewer epochs, augmentation, dropout, weight decay, or the epoch of the least validation "
    "loss.",
    source="Reports R1 and R3; Prechelt 1998, doi:10.1007/3-540-49430-8_3.",
)
def overfitted(subject: Subject) -> Iterator[Observation]:
    """Each run that ends with the weights of its last epoch."""
    for each in subject.done:
        found = _curves(each)
        loss = each.curve("validation_cross_entropy")
        if found is None or loss is None or each.weights_epoch != len(loss):
            continue
        gap = float(found.accuracy_gap[-1])
        if found.turned and found.rise > RISEN * loss.min() and gap > GAP:
            yield Observation(
                each.name,
                f"the validation loss was least at epoch {found.turn} of {len(loss)} and rose by "
                f"{found.rise:.3f} nats since; training accuracy is ahead by {points(gap)}",
                {"turn": found.turn, "epochs": len(loss), "rise": found.rise, "gap": gap},
            )


@rule(
    code="T07",
    severity="note",
    title="Validation better than training",
    trigger="The validation accuracy is more than 5 points above the training accuracy, and neither "
    "dropout, augmentation nor fast learning explains it.",
    why="It is the usual sign of validation images that are easier, or known from training.",
    remedy="Look for copies among training and validation images, and at how they were split.",
    source="Schoop et al. 2021, UMLAUT, doi:10.1145/3411764.3445538.",
)
def validation_ahead(subject: Subject) -> Iterator[Observation]:
    """The last epoch of each run."""
    for each in subject.done:
        found = _curves(each)
        train = each.curve("train_accuracy")
        if found is None or train is None or len(train) < 2 or _is_explained(each):
            continue
        ahead = -float(found.accuracy_gap[-1])
        if ahead > GAP and abs(train[-1] - train[-2]) < ahead / 2:
            yield Observation(
                each.name,
                f"validation accuracy {percent(found.last_accuracy)} is ahead of training accuracy "
                f"{percent(float(train[-1]))} by {points(ahead)}",
                {"validation": found.last_accuracy, "training": float(train[-1]), "ahead": ahead},
            )


def _is_explained(run: Examined) -> bool:
    """Whether training images are made harder, or the network weaker, while it trains."""
    noisy: list[Layer] = []

    def note(layer: Layer) -> Layer:
        if isinstance(layer, Dropout | StochasticDepth):
            noisy.append(layer)
        return layer

    run.experiment.model.map(note)
    return bool(noisy or run.experiment.augment)
