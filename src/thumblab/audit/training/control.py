"""A control: whether labels that mean nothing can be learned."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from thumblab.audit.examined import Examined
from thumblab.audit.formatting import percent
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.errors import DivergedError
from thumblab.core.random import stream
from thumblab.data import Arrays, Dataset, Split, numbered
from thumblab.training import train

ERRORS = 3.0


@rule(
    code="T08",
    severity="error",
    title="Shuffled labels can be predicted",
    trigger="Only when asked for (`--control`): trained for one epoch on shuffled labels, equal images "
    "with equal labels, the network beats always naming the most common class by three standard "
    "errors on the validation images.",
    why="Nothing but knowing the validation images can explain that: they leak into training.",
    remedy="Look for copies among training and validation images, and for what is fitted to both.",
    source="Zhang et al. 2017, arXiv:1611.03530 (random labels); Ojala & Garriga 2010, JMLR 11.",
    needs_data=True,
)
def shuffled_labels_learn(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm, trained once more."""
    for each in subject.first_of_each_arm if subject.control else ():
        found = _trained(each)
        if found is None:
            continue
        hits, labels = found
        guess = float(np.bincount(labels).max() / len(labels))
        error = (guess * (1 - guess) / len(labels)) ** 0.5
        if hits.mean() > guess + ERRORS * error:
            yield Observation(
                each.name,
                f"after an epoch on shuffled labels {percent(float(hits.mean()))} of {len(labels):,} "
                f"validation images are right; always naming the most common class gets {percent(guess)}",
                {"accuracy": float(hits.mean()), "guessing": guess, "images": len(labels)},
            )


def _trained(run: Examined) -> tuple[np.ndarray, np.ndarray] | None:
    """Hits and labels of the validation images; None where there are none, or the training diverges."""
    if run.data is None or not len(run.data.validation) or run.experiment.train_on == "all":
        return None
    data = shuffled(run.data.dataset)
    wanted = replace(
        run.experiment,
        data=Arrays.of(data),
        epochs=1,
        early_stopping=None,
        lr_plateau=None,
        restore_best=None,
        init_from=(),
    )
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # chance level is what is hoped for
        try:
            *_, last = train(wanted, dataset=data, runs=Path(place), workers=1)
        except DivergedError:
            return None
        stored = last.run.predictions
    labels = stored["validation_labels"]
    return stored["validation_logits"].argmax(1) == labels, labels


def shuffled(dataset: Dataset) -> Dataset:
    """The data without test images, with labels that mean nothing; equal images keep equal labels."""
    parts = [part for part in (dataset.train, dataset.validation) if part is not None]
    groups = numbered(np.concatenate([part.digests for part in parts]))
    labels = np.concatenate([part.labels for part in parts])
    first = labels[np.unique(groups, return_index=True)[1]]
    new = stream(0, "audit control").permutation(first)[groups]
    cut = len(parts[0])
    train_part = Split(parts[0].images, new[:cut])
    validation = Split(parts[1].images, new[cut:]) if len(parts) > 1 else None
    return Dataset(
        dataset.name,
        train_part,
        None,
        dataset.classes,
        groups=dataset.groups,
        group_names=dataset.group_names,
        validation=validation,
    )
