"""An experiment: everything that identifies one training run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import thumblab.layers  # noqa: F401  # so that a stored experiment finds its layers
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.core.notebook import facts, folded
from thumblab.core.source_text import digests, source_texts
from thumblab.core.value import Value, identity
from thumblab.data import (
    Augmentation,
    Dataset,
    DatasetSpec,
    FullSize,
    Normalization,
    Resizing,
    Sampling,
    Split,
    Standardize,
    Uniform,
    numbered,
    subset,
    validation_split,
)
from thumblab.experiment.early_stopping import StopRule
from thumblab.experiment.lr_plateau import Reduction
from thumblab.experiment.pretrained import InitFrom
from thumblab.experiment.restore_best import Best
from thumblab.experiment.tta import TTA
from thumblab.losses import CrossEntropy, Loss
from thumblab.optim import SGD, OneCycle, Optimizer

MOST_EPOCHS = 1_000_000
ENGINE_VERSION = 7
"""Raised by hand whenever a change of ours changes numbers; part of every run's key."""

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Experiment(Value):
    """Everything that identifies one training run.

    Attributes:
        data: Where images come from.
        model: The architecture.
        optimizer: How weights move, with its learning rate or schedule.
        loss: What training makes small.
        augment: Changes of the training images, applied in this order at every epoch.
        sampling: Which training images an epoch takes.
        progressive_resizing: How large training images are over the run; smaller ones are quicker.
        normalize: What the network sees instead of 0 to 255; fitted on what it trains on.
        epochs: Passes over the training part.
        batch: Images a step; the last step of an epoch may have fewer.
        validation: Share of the training images kept apart for choosing, in [0, 1); of no account
            where the data set has a validation part of its own.
        split_seed: Chooses the validation images, the same for every ``seed``.
        subset: Train on so many images only, each class in proportion; ``None`` for all.
        train_on: ``"train"``, or ``"all"`` to train on the validation images too, once every
            choice is made.
        early_stopping: What may end the run before its last epoch.
        lr_plateau: What lowers the learning rate as epochs go by, whatever the schedule.
        restore_best: The epoch whose weights the run ends with: ``"best"``, or the best by the measure
            named, such as ``"validation_loss"`` (see ``restore_best.py``); ``None`` for the last.
        tta: Test-time augmentation: predictions averaged over views of an image (see ``tta.py``).
        init_from: Weights to start from, instead of those drawn from the seed (see ``pretrained.py``).
        seed: Chooses first weights, order, augmentation and dropout.
        engine: ``"numpy"``, ``"reference"`` (the plain rules), or ``"torch"``.
        precision: Of weights and activations; with PyTorch also ``"bfloat16"``, which keeps float32
            weights and computes products in bfloat16.
        precise: Whether kernels with smaller rounding errors are taken, at some speed: of the NumPy
            engine, and on CUDA devices.
        device: Where PyTorch computes; ``"auto"`` takes a GPU where there is one.
        channels_last: Whether PyTorch lays images out with their channels innermost.
        compile: Whether PyTorch compiles the network first.
        label: The model's name for tables; it does not identify the run.
    """

    data: DatasetSpec
    model: Layer
    optimizer: Optimizer = SGD(
        learning_rate=OneCycle(max_lr=0.05), nesterov=True, weight_decay=5e-4
    )
    loss: Loss = CrossEntropy()
    augment: tuple[Augmentation, ...] = ()
    sampling: Sampling = Uniform()
    progressive_resizing: Resizing = FullSize()
    normalize: Normalization = Standardize()
    epochs: int = 10
    batch: int = 128
    validation: float = 0.1
    split_seed: int = 0
    subset: int | None = None
    train_on: Literal["train", "all"] = "train"
    early_stopping: StopRule | None = None
    lr_plateau: Reduction | None = None
    restore_best: Best | None = None
    tta: TTA | None = None
    init_from: tuple[InitFrom, ...] = ()
    seed: int = 0
    engine: Literal["numpy", "reference", "torch"] = "numpy"
    precision: Literal["float32", "float64", "bfloat16"] = "float32"
    precise: bool = False
    device: Literal["auto", "cpu", "cuda", "mps"] = "cpu"
    channels_last: bool = False
    compile: bool = False
    label: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch < 1:
            raise UsageError(f"epochs {self.epochs} and batch {self.batch} must both be at least 1")
        if self.epochs > MOST_EPOCHS:
            raise UsageError(f"epochs {self.epochs} are more than {MOST_EPOCHS:,}; give fewer")
        if not 0 <= self.validation < 1:
            raise UsageError(f"validation {self.validation} is a share, in [0, 1)")
        asked = self.device != "cpu" or self.channels_last or self.compile
        if self.engine != "torch" and (asked or self.precision == "bfloat16"):
            raise UsageError(
                f"device, channels_last, compile and bfloat16 are PyTorch's, but the engine is "
                f"{self.engine!r}; choose engine torch, or leave them out"
            )
        if self.choosing and self.train_on == "all":
            raise UsageError(
                f"{' and '.join(self.choosing)} would choose by validation images, but they are "
                "trained on (train_on 'all'); leave that out, or choose by train_loss"
            )

    @property
    def choosing(self) -> tuple[str, ...]:
        """The fields that choose by the validation images."""
        rules = (("early_stopping", self.early_stopping), ("lr_plateau", self.lr_plateau))
        named = tuple(name for name, rule in rules if rule is not None and rule.needs_validation)
        return named if self.restore_best is None else (*named, "restore_best")

    def _repr_html_(self) -> str:
        """What differs from the defaults, and the architecture, for notebooks."""
        named = {
            each.name: getattr(self, each.name) for each in fields(self) if each.name != "model"
        }
        usual = {each.name: each.default for each in fields(self)}
        rows = [(name, value) for name, value in named.items() if value != usual[name]]
        return facts("Experiment", rows, folded("model", self.model._repr_html_()))

    def key(self, fingerprint: str) -> str:
        """64 hex digits that name this experiment on the data with that fingerprint.

        They depend on what the modules of the user's say that it names (see ``core.source_text``).
        """
        code = digests(source_texts(self))
        return key_of(identity(self), fingerprint, ENGINE_VERSION, code)


def key_of(identity: Any, fingerprint: str, engine: int, sources: dict[str, str]) -> str:
    """64 hex digits over all that names a run.

    Args:
        identity: Of the experiment (``core.value.identity``).
        fingerprint: Of its data.
        engine: ``ENGINE_VERSION`` of the thumblab that trains it.
        sources: SHA-256 of each module of the user's that it names.
    """
    whole = [identity, fingerprint, engine, sources]
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def check_choosing(experiment: Experiment, name: str, images: int) -> None:
    """Raises ``UsageError`` if the experiment chooses by the validation images of the data, and has none."""
    if not experiment.choosing or images:
        return
    choosing = " and ".join(experiment.choosing)
    why = (
        f"{name} is so small that there are none; raise the validation share"
        if experiment.validation
        else f"validation is 0 and {name} has no validation part of its own; give a share above 0, "
        f"leave {choosing} out, or choose by train_loss"
    )
    raise UsageError(f"{choosing} would choose by validation images, but {why}")


def parts(experiment: Experiment, dataset: Dataset) -> tuple[Split, Split]:
    """The images to train on, and the validation images, of ``dataset``.

    A validation part of the data set's own is taken whole; else a share of the training part is
    split off, and equal images stay on one side. A subset is taken from the training side only.
    """
    whole, own = dataset.train, dataset.validation
    rows, held = part_rows(experiment, dataset)
    if own is not None:
        whole = Split(
            np.concatenate([whole.images, own.images]), np.concatenate([whole.labels, own.labels])
        )
    if experiment.train_on == "all":
        rows = np.arange(len(whole))
    if experiment.subset is not None:
        rows = rows[subset(whole.labels[rows], experiment.subset, experiment.split_seed)]
    return whole.take(rows), whole.take(held)


def part_rows(experiment: Experiment, dataset: Dataset) -> tuple[Rows, Rows]:
    """Rows that are kept for training, and those of the validation images.

    They count through the training part of the data set, and on through its validation part if it has
    one of its own.
    """
    whole, own = dataset.train, dataset.validation
    if own is not None:
        return np.arange(len(whole)), np.arange(len(whole), len(whole) + len(own))
    return validation_split(
        whole.labels, experiment.validation, experiment.split_seed, numbered(whole.digests)
    )
