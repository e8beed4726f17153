"""What a run asked: which model on which data, and how it was trained."""

from __future__ import annotations

import re

from thumblab.config.formatting import format_value
from thumblab.core.text import count
from thumblab.data import Dataset, FullSize, Uniform
from thumblab.optim import Optimizer, Schedule, with_learning_rate
from thumblab.report.headline import Fact
from thumblab.runs import Run

CONSTANT = "constant"

MARK = 1.25e-77
"""A rate that no optimizer has, by which its place in a text is found."""


def question(run: Run, dataset: Dataset) -> list[Fact]:
    """Model, data, optimizer, learning rate, schedule, augmentation and loss, as options spell them."""
    experiment = run.experiment
    optimizer, lr, schedule = apart(experiment.optimizer)
    model = experiment.label or type(experiment.model).__name__
    facts = [
        Fact("Model", model.partition(":")[0], model.partition(":")[2].replace(",", ", ")),
        Fact("Data", dataset.name, f"{count(len(dataset.classes))} classes"),
        Fact("Optimizer", *_name_and_rest(optimizer)),
        Fact("Learning rate", lr, "the highest" if schedule != CONSTANT else ""),
        Fact("Schedule", *_name_and_rest(schedule)),
        Fact("Augmentation", format_value(experiment.augment).replace("+", " + ")),
        Fact("Loss", *_name_and_rest(format_value(experiment.loss))),
    ]
    if experiment.sampling != Uniform():
        facts.append(Fact("Sampling", *_name_and_rest(format_value(experiment.sampling))))
    if experiment.progressive_resizing != FullSize():
        text = format_value(experiment.progressive_resizing)
        facts.append(Fact("Image sizes", *_name_and_rest(text)))
    return facts


def apart(optimizer: Optimizer) -> tuple[str, str, str]:
    """The optimizer without its rate, the highest rate, and the schedule without it, as text.

    >>> from thumblab.optim import SGD, OneCycle
    >>> apart(SGD(learning_rate=OneCycle(max_lr=0.4), nesterov=True))
    ('sgd:nesterov=true', '0.4', 'one_cycle')
    >>> apart(SGD(learning_rate=0.1))
    ('sgd', '0.1', 'constant')
    """
    lr = optimizer.learning_rate
    plain = _without(format_value(with_learning_rate(optimizer, MARK)), f"lr={MARK!r}")
    if not isinstance(lr, Schedule):
        return plain, f"{lr:g}", CONSTANT
    return plain, f"{lr.max_lr:g}", _without(format_value(lr), f"max_lr={lr.max_lr!r}")


def _without(text: str, argument: str) -> str:
    """A call without one of its arguments, wherever it stands."""
    found = re.sub(rf"(?<=[:,(]){re.escape(argument)}(?:,|(?=\)|$))", "", text)
    return re.sub(r"[:,](?=\)|$)", "", found)


def _name_and_rest(text: str) -> tuple[str, str]:
    """A name, and its arguments as a note."""
    name, _, rest = text.partition(":")
    return name, rest.replace(",", ", ")
