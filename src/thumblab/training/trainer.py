"""The state of one training run between two steps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab import losses, optim
from thumblab.core.errors import RunError
from thumblab.core.layer import weights
from thumblab.data import Dataset, Split, statistics
from thumblab.engines.numpy import InputTransform
from thumblab.experiment.early_stopping import stops
from thumblab.experiment.experiment import Experiment, check_choosing, parts
from thumblab.experiment.lr_plateau import reduced
from thumblab.experiment.plateau import Line
from thumblab.experiment.restore_best import restored
from thumblab.kernels.plan import Plan
from thumblab.losses import loss_and_grad, plain_cross_entropy
from thumblab.optim import learning_rate_at
from thumblab.runs.environment import (
    earlier_sessions,
    environment,
    warn_if_other,
    workers_of,
)
from thumblab.runs.kernel_plan import plan_in_force
from thumblab.runs.run import Run
from thumblab.runs.states import (
    check_state,
    last_checkpoint,
    load_checkpoint,
    save_checkpoint,
    state_bytes,
)
from thumblab.storage import files, sealed
from thumblab.training.clock import Clock
from thumblab.training.initial_weights import initialize
from thumblab.training.network import open_loader, open_network
from thumblab.training.sizes import check_batches, check_fits, check_sizes

Array = NDArray[Any]


class Trainer:
    """A network, its data and how far it has come; continues where the run's last state stands.

    Attributes:
        step: Steps done.
        seen: Images of the current epoch done; ``loss_sum`` and ``plain_sum`` the sums of their
            losses, the one that is trained and plain cross-entropy; ``correct`` how many were right.
        images: Images trained on in all, in ``seconds`` of training.
        lines: What the metrics say of the epochs that are over.
        clock: Seconds since the raw arrays were in memory, over all sessions.
    """

    def __init__(
        self,
        experiment: Experiment,
        dataset: Dataset,
        run: Run,
        workers: int | None,
        plan: Plan | None = None,
    ) -> None:
        self.clock = Clock()
        self.experiment, self.dataset, self.run = experiment, dataset, run
        check_fits(experiment, dataset)
        self._prepare()
        self._check_room()
        begun = run.environment
        if begun is not None and workers is None and experiment.engine != "torch":
            workers = workers_of(begun)  # the same workers, the same bits
        plan = plan_in_force(plan, run, experiment.engine)
        self._open(workers, plan)
        self.step = self.seen = self.correct = self.images = 0
        self.loss_sum = self.plain_sum = self.seconds = 0.0
        self.lines: list[Line] = []
        self._restore()
        self._note(begun, plan)

    def _prepare(self) -> None:
        """Splits the data, and resolves what normalization, loss and optimizer leave to them."""
        experiment, dataset = self.experiment, self.dataset
        self.train_part, self.validation_part = parts(experiment, dataset)
        check_choosing(experiment, dataset.name, len(self.validation_part))
        self.shift, self.scale = statistics(experiment.normalize, self.train_part.images)
        model = experiment.model
        width = model.out_shape(dataset.shape)[0]  # as many classes, or more
        counts = np.bincount(self.train_part.labels, minlength=width)
        self.loss = losses.resolve(experiment.loss, counts.tolist(), dataset.groups)
        self.optimizer = optim.resolve(experiment.optimizer, optim.names_of(model, dataset.shape))
        self.steps_per_epoch = -(-len(self.train_part) // experiment.batch)
        self.steps = self.steps_per_epoch * experiment.epochs

    def _open(self, workers: int | None, plan: Plan) -> None:
        """Opens the loader and the network, whose weights are those of the seed."""
        experiment, dataset = self.experiment, self.dataset
        check_sizes(experiment, dataset.shape, self.shift)
        check_batches(experiment, dataset.shape, len(self.train_part))
        self.loader = open_loader(experiment, self.train_part, dataset.shape)
        self.network = open_network(
            experiment,
            dataset.shape,
            shift=self.shift,
            scale=self.scale,
            workers=workers,
            plan=plan,
            loader=self.loader,
            classes=len(dataset.classes),
        )

    def _note(self, begun: dict[str, Any] | None, plan: Plan) -> None:
        """Writes down what the run computes with from now on."""
        network = self.network
        values = environment(
            network.worker_count, plan=plan, device_and_threads=network.device_and_threads
        )
        values["data"] = self.dataset.reading.to_json()
        values["data_root"] = self.dataset.root
        if self.step and begun is not None:
            warn_if_other(begun, values)
            if others := earlier_sessions(begun, values):
                values["earlier"] = others
        sealed.write(self.run.folder / "environment.json", values)

    def _check_room(self) -> None:
        states = 6 if self.experiment.restore_best is None else 8
        needed = states * state_bytes(self.experiment, self.dataset.shape)
        files.check_space(self.run.folder, needed)

    @property
    def at_epoch_end(self) -> bool:
        """Whether the last step ended an epoch."""
        return self.step % self.steps_per_epoch == 0

    @property
    def unmeasured(self) -> bool:
        """Whether the last step ended an epoch that has no line yet: a stop came while it was validated."""
        return self.at_epoch_end and self.seen > 0

    @property
    def over(self) -> bool:
        """Whether there is no step to come: the last epoch is done, or the stop rule says so."""
        rule = self.experiment.early_stopping
        early = rule is not None and self.at_epoch_end and stops(rule, self.lines)
        return early or self.step >= self.steps

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last step."""
        return self._learning_rate(self.step - 1)

    def _learning_rate(self, step: int) -> float:
        """The learning rate of a step, from the schedule and the epochs before the step's own."""
        learning_rate = learning_rate_at(self.experiment.optimizer.learning_rate, step, self.steps)
        rule = self.experiment.lr_plateau
        before = self.lines[: step // self.steps_per_epoch]
        return learning_rate if rule is None else reduced(rule, learning_rate, before)

    def train_step(self, learning_rate: float | None = None) -> float:
        """Trains one step; returns its mean loss, and counts the step if that is finite.

        Without ``learning_rate`` the schedule gives it.
        """
        epoch, batch = divmod(self.step, self.steps_per_epoch)
        begin = batch * self.experiment.batch
        indices = np.arange(begin, min(begin + self.experiment.batch, len(self.train_part)))
        begun = time.perf_counter()
        loss, correct = self.network.train_step(
            self.loader.images(epoch, indices),
            self.loader.targets(epoch, indices),
            loss=self.loss,
            optimizer=self.optimizer,
            learning_rate=self._learning_rate(self.step)
            if learning_rate is None
            else learning_rate,
            step=self.step,
            epoch=epoch,
            indices=indices,
        )
        if np.isfinite(loss):
            self.step, self.seen, self.correct = (
                self.step + 1,
                self.seen + len(indices),
                self.correct + correct,
            )
            self.loss_sum += loss * len(indices)
            self.plain_sum += self.network.cross_entropy * len(indices)
            self.images, self.seconds = (
                self.images + len(indices),
                self.seconds + time.perf_counter() - begun,
            )
        return loss

    def validate(self) -> dict[str, Any]:
        """Validates; the line of the epoch that has just ended."""
        line = {
            "epoch": self.step // self.steps_per_epoch,
            "step": self.step,
            "learning_rate": self.learning_rate,
            "train_loss": self.loss_sum / self.seen,
            "train_cross_entropy": self.plain_sum / self.seen,
            "train_accuracy": self.correct / self.seen,
        }
        measured = dict.fromkeys(("loss", "cross_entropy", "accuracy"))
        if len(self.validation_part):
            measured = self._measures(self.validation_part)
        return line | {f"validation_{name}": value for name, value in measured.items()}

    def record(self, line: dict[str, Any]) -> None:
        """Adds an epoch's line to the metrics and begins the next epoch."""
        self.seen = self.correct = 0
        self.loss_sum = self.plain_sum = 0.0
        files.append(self.run.folder / "metrics.jsonl", sealed.line(line))
        self.lines.append(line)

    def _measures(self, part: Split) -> dict[str, float | None]:
        """The loss that is trained, plain cross-entropy, and accuracy, on a part as one batch."""
        outputs = self.network.outputs(part.images)
        loss, _ = loss_and_grad(self.loss, outputs, part.labels, _Whole(len(part)))
        plain, correct = plain_cross_entropy(outputs, part.labels, len(self.dataset.classes))
        return {"loss": loss, "cross_entropy": plain / len(part), "accuracy": correct / len(part)}

    def is_finite(self) -> bool:
        """Whether no weight, statistic or slot is NaN or infinite."""
        return all(np.isfinite(array).all() for array in self.network.state().values())

    def save(self) -> None:
        """Saves the state as a checkpoint; where the best is kept, spares that of the best epoch.

        Also that of the best one epoch ago: should the newest checkpoint be damaged, the run goes
        on from the one before.
        """
        about = {name: getattr(self, name) for name in _COUNTERS}
        about["clock"] = self.clock.seconds
        spared = []
        if self.experiment.restore_best is not None:
            ends = (lines for lines in (self.lines, self.lines[:-1]) if lines)
            spared = [restored(self.experiment.restore_best, lines)["step"] for lines in ends]
        save_checkpoint(self.run, self.network.state(), about, spared)

    def _restore(self) -> None:
        found = last_checkpoint(self.run)
        epochs = 0
        if found is None:
            transform = InputTransform(self.shift, self.scale)
            shape = self.dataset.shape
            initialize(self.network, self.experiment, self.train_part, shape, transform)
        else:
            state, about = found
            owned = weights(self.experiment.model, self.dataset.shape).values()
            count = sum(prod(weight.shape) for weight in owned if weight.trained)
            check_state(self.run, state, about, count)
            self.network.load(state)
            for name in _COUNTERS:
                setattr(self, name, about[name])
            self.clock.before = about["clock"]
            epochs = self.step // self.steps_per_epoch - self.unmeasured
        lines = self.run.metrics
        if len(lines) < epochs:
            raise RunError(
                f"{self.run.folder}/metrics.jsonl has {len(lines)} epochs where the checkpoint has "
                f"{epochs}; restore it, or delete the folder to train from the start"
            )
        self.lines = list(lines[:epochs])
        best = self.experiment.restore_best
        if self.lines and best is not None:  # raises before hours of training if it is lost
            load_checkpoint(self.run, restored(best, self.lines)["step"])
        whole = sealed.text(self.lines)
        files.write(self.run.folder / "metrics.jsonl", whole, name="metrics")

    def take_kept(self) -> None:
        """Goes back to the epoch whose weights the run ends with; training cannot go on then."""
        last = restored(self.experiment.restore_best, self.lines)
        if last["step"] != self.step:
            self.network.load(load_checkpoint(self.run, last["step"])[0])


_COUNTERS = ("step", "seen", "correct", "images", "loss_sum", "plain_sum", "seconds")


@dataclass(frozen=True)
class _Whole:
    """A part of a batch that is the whole of it."""

    batch: int

    def all_reduce(self, value: Array) -> Array:
        """The value itself."""
        return np.asarray(value, np.float64)
