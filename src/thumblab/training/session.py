"""The state of one training run between two steps."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab import losses, optim
from thumblab.core import seeds
from thumblab.core.describe import summary
from thumblab.core.errors import RunError, ShapeError
from thumblab.core.layer import weights
from thumblab.core.value import to_dict
from thumblab.data import Augmenter, Dataset, Part, statistics
from thumblab.engines.numpy import Door
from thumblab.losses import objective
from thumblab.optim import rate_at
from thumblab.training import checkpoint, files
from thumblab.training.environment import environment
from thumblab.training.experiment import Experiment, parts
from thumblab.training.fit import fit_layers
from thumblab.training.network import open_network
from thumblab.training.runs import Run, last_checkpoint, save_checkpoint, save_predictions

Array = NDArray[Any]


class Session:
    """A network, its data and how far it has come; continues where the run's last state stands.

    Attributes:
        step: Steps done.
        seen: Images of the current epoch done, ``loss_sum`` and ``hits`` their losses and hits.
        images: Images trained on in all, in ``seconds`` of training.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, run: Run, shards: int | None
    ) -> None:
        self.experiment, self.dataset, self.run = experiment, dataset, run
        check_fits(experiment, dataset)
        self.train_part, self.validation_part = parts(experiment, dataset)
        self.shift, self.scale = statistics(experiment.normalise, self.train_part.images)
        model, classes = experiment.model, len(dataset.classes)
        counts = np.bincount(self.train_part.labels, minlength=classes)
        self.loss = losses.settle(experiment.loss, counts.tolist(), dataset.groups)
        self.optimizer = optim.settle(experiment.optimizer, optim.names_of(model, dataset.shape))
        files.check_space(run.folder, 6 * self._state_bytes())
        stored = run.folder / "environment.json"
        if stored.exists() and shards is None:
            shards = files.read_json(stored)["shards"]  # the same shards, the same bits
        augmenter = Augmenter(experiment.augment, experiment.seed, len(self.train_part))
        self.network = open_network(
            experiment,
            dataset.shape,
            shift=self.shift,
            scale=self.scale,
            shards=shards,
            augment=augmenter.batch,
        )
        self.steps_per_epoch = -(-len(self.train_part) // experiment.batch)
        self.steps = self.steps_per_epoch * experiment.epochs
        self.step = self.seen = self.hits = self.images = 0
        self.loss_sum = self.seconds = 0.0
        self._order: tuple[int, Array] = (-1, np.zeros(0, np.int64))
        self._restore()
        files.write_json(stored, environment(self.network.shard_count))

    def _state_bytes(self) -> int:
        owned = weights(self.experiment.model, self.dataset.shape).values()
        count = sum(int(np.prod(weight.shape)) for weight in owned)
        item = 8 if self.experiment.precision == "float64" else 4
        return item * count * (1 + len(self.experiment.optimizer.slots))

    @property
    def at_epoch_end(self) -> bool:
        """Whether the last step ended an epoch."""
        return self.step % self.steps_per_epoch == 0

    @property
    def rate(self) -> float:
        """The learning rate of the last step."""
        return rate_at(self.experiment.optimizer.rate, self.step - 1, self.steps)

    def advance(self) -> float:
        """Trains one step; returns its mean loss, and counts the step if that is finite."""
        epoch, batch = divmod(self.step, self.steps_per_epoch)
        size = self.experiment.batch
        rows = self._rows(epoch)[batch * size : (batch + 1) * size]
        begun = time.perf_counter()
        loss, hits = self.network.train_step(
            self.train_part.images[rows],
            self.train_part.labels[rows],
            loss=self.loss,
            optimizer=self.optimizer,
            rate=rate_at(self.experiment.optimizer.rate, self.step, self.steps),
            step=self.step,
            epoch=epoch,
            rows=rows,
        )
        if np.isfinite(loss):
            self.step, self.seen, self.hits = self.step + 1, self.seen + len(rows), self.hits + hits
            self.loss_sum += loss * len(rows)
            self.images, self.seconds = (
                self.images + len(rows),
                self.seconds + time.perf_counter() - begun,
            )
        return loss

    def _rows(self, epoch: int) -> Array:
        if self._order[0] != epoch:
            order = seeds.stream(self.experiment.seed, "order", epoch)
            self._order = epoch, order.permutation(len(self.train_part))
        return self._order[1]

    def measure(self) -> dict[str, Any]:
        """Validates; the line of the epoch that has just ended."""
        line = {
            "epoch": self.step // self.steps_per_epoch,
            "step": self.step,
            "rate": self.rate,
            "train_loss": self.loss_sum / self.seen,
            "train_accuracy": self.hits / self.seen,
            "validation_loss": None,
            "validation_accuracy": None,
        }
        if len(self.validation_part):
            logits = self.network.predict(self.validation_part.images)
            line |= {
                f"validation_{name}": value
                for name, value in self._measures(logits, self.validation_part).items()
            }
        return line

    def record(self, line: dict[str, Any]) -> None:
        """Adds an epoch's line to the metrics and begins the next epoch."""
        self.seen = self.hits = 0
        self.loss_sum = 0.0
        files.append(self.run.folder / "metrics.jsonl", json.dumps(line, allow_nan=False))

    def _measures(self, logits: Array, part: Part) -> dict[str, float]:
        loss, _ = objective(self.loss, logits, part.labels, _Whole(len(part)))
        return {"loss": loss, "accuracy": float((logits.argmax(1) == part.labels).mean())}

    def is_finite(self) -> bool:
        """Whether no weight, statistic or slot is NaN or infinite."""
        return all(np.isfinite(array).all() for array in self.network.state().values())

    def save(self) -> None:
        """Saves the state as a checkpoint."""
        about = {name: getattr(self, name) for name in _COUNTERS}
        save_checkpoint(self.run, self.network.state(), about)

    def _restore(self) -> None:
        found = last_checkpoint(self.run)
        epochs = 0
        if found is None:
            door = Door(self.shift, self.scale)
            fit_layers(self.network, self.experiment.model, self.train_part, door)
        else:
            state, about = found
            self.network.load(state)
            for name in _COUNTERS:
                setattr(self, name, about[name])
            epochs = self.step // self.steps_per_epoch
        lines = self.run.metrics
        if len(lines) < epochs:
            raise RunError(
                f"{self.run.folder}/metrics.jsonl has {len(lines)} epochs where the checkpoint has "
                f"{epochs}; restore it, or delete the folder to train from the start"
            )
        kept = "".join(json.dumps(line) + "\n" for line in lines[:epochs])
        files.write(self.run.folder / "metrics.jsonl", kept.encode(), name="metrics")

    def finish(self) -> None:
        """Writes weights, predictions and, last, the result."""
        about = {
            "model": to_dict(self.experiment.model),
            "shape": list(self.dataset.shape),
            "classes": list(self.dataset.classes),
            "shift": self.shift.tolist(),
            "scale": self.scale.tolist(),
            "precision": self.experiment.precision,
        }
        trained = self.network.weights()
        path = self.run.folder / "weights.safetensors"
        checkpoint.save_arrays(path, trained, about, name="weights")
        predictions = {}
        for name, part in (("validation", self.validation_part), ("test", self.dataset.test)):
            if part is not None and len(part):
                predictions[f"{name}_logits"] = self.network.predict(part.images)
                predictions[f"{name}_labels"] = part.labels
        save_predictions(self.run, predictions)
        outcome = self.outcome("done", None)
        outcome["weights_sha256"] = checkpoint.digest(trained)
        files.write_json(self.run.folder / "result.json", outcome)

    def outcome(self, status: str, reason: str | None) -> dict[str, Any]:
        """What ``result.json`` says; the test set has no part in it."""
        described = summary(self.experiment.model, self.dataset.shape)
        last = (self.run.metrics or [{}])[-1]
        return {
            "schema": 1,
            "status": status,
            "reason": reason,
            "key": self.run.about["key"],
            "model": self.experiment.label or type(self.experiment.model).__name__,
            "data": self.dataset.name,
            "train_on": self.experiment.train_on,
            "train_images": len(self.train_part),
            "validation_images": len(self.validation_part),
            "epochs": self.step // self.steps_per_epoch,
            "steps": self.step,
            "validation_loss": last.get("validation_loss"),
            "validation_accuracy": last.get("validation_accuracy"),
            "train_seconds": round(self.seconds, 3),
            "images_per_second": round(self.images / max(self.seconds, 1e-9), 1),
            "parameters": described.parameters,
            "trainable_parameters": described.trainable_parameters,
            "flops": described.flops,
            "shards": self.network.shard_count,
        }


_COUNTERS = ("step", "seen", "hits", "images", "loss_sum", "seconds")


@dataclass(frozen=True)
class _Whole:
    """A part of a batch that is the whole of it."""

    batch: int

    def total(self, value: Array) -> Array:
        """The value itself."""
        return np.asarray(value, np.float64)


def check_fits(experiment: Experiment, dataset: Dataset) -> None:
    """Raises ``ShapeError`` unless the model reads the data and writes a logit for each class."""
    written = experiment.model.out_shape(dataset.shape)
    if len(written) != 1 or written[0] < len(dataset.classes):
        raise ShapeError(
            f"the model writes {written} but {dataset.name} has {len(dataset.classes)} classes; "
            f"end it with Dense({len(dataset.classes)})"
        )
