"""A run folder: what one experiment left on disk.

experiment.json     the experiment, the data's fingerprint, the full key
source/             the modules of the user's that the experiment names
environment.json    versions, machine, workers, command
metrics.jsonl       a line an epoch; no times, so that it repeats bit for bit
checkpoints/        <step>.safetensors: the last two states, and that of the best epoch if it is kept
weights.safetensors the trained network: weights, classes, normalization
predictions.npz     logits and labels of the validation and the test images, with and without views
evaluations.jsonl   a line for every evaluation on a test set (all runs together: see ledger.py)
name.json           what people call it, and a note (see ``naming.py``)
result.json         written last: its presence means the run is over
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from thumblab.core.columns import columns
from thumblab.core.errors import RunError, UntrustedError
from thumblab.core.notebook import facts
from thumblab.core.renamed import record
from thumblab.experiment.experiment import Experiment
from thumblab.runs import own_code, predictions, records
from thumblab.runs.class_logits import class_logits
from thumblab.runs.records import both_losses
from thumblab.runs.stored_experiment import experiment_of, read_about
from thumblab.runs.trained import check_trained
from thumblab.storage import checkpoint, sealed


@dataclass(frozen=True)
class Run:
    """A run folder, read when asked.

    It is not trusted: what it says is checked, and code that it holds is executed only if it is
    trusted (see ``own_code.py``).

    Attributes:
        folder: Where it lies; its name is the first 12 hex digits of the key.
    """

    folder: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder))

    @classmethod
    def open(cls, folder: Path | str, *, trust: bool = False) -> Run:
        """The run in ``folder``.

        Args:
            folder: The run folder.
            trust: Whether the code of its own that it holds may be executed, now and later.

        Raises:
            RunError: If it is no run folder, a damaged one, or one that a newer thumblab wrote.
        """
        run = cls(Path(folder))
        if trust:
            own_code.load(run.folder, run.sources, trusted=True)
        else:
            _ = run.about
        return run

    @cached_property
    def about(self) -> dict[str, Any]:
        """``experiment.json``: schema, key, fingerprint, engine, sources and experiment."""
        return read_about(self.folder)

    @property
    def is_sealed(self) -> bool:
        """Whether every JSON file of the run must have a seal; those of schema 1 have none."""
        begun = (self.folder / "experiment.json").exists()
        return begun and bool(self.about["schema"] > 1)

    @property
    def sources(self) -> dict[str, str]:
        """SHA-256 of each module of the user's that is stored with the run, by its name."""
        return dict(self.about.get("sources", {}))

    @cached_property
    def modules(self) -> Mapping[str, ModuleType]:
        """Where the classes that are not ours are found: in the code stored with the run.

        A run of schema 1 has stored none; its classes are found if they have been imported.

        Raises:
            UntrustedError: If the code is not trusted (see ``open``), or not there.
        """
        if self.sources:
            return own_code.load(self.folder, self.sources)
        if missing := own_code.named_modules(self.about["experiment"]) - set(sys.modules):
            raise UntrustedError(
                f"{self.folder} names code of its own that is not stored with it ({', '.join(missing)}); "
                "import it first if you trust it"
            )
        return sys.modules

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment that was run.

        Raises:
            UntrustedError: If it needs code that is not trusted.
            RunError: If it is not the one that the key names.
        """
        return experiment_of(self.folder, self.about, self.modules)

    @property
    def environment(self) -> dict[str, Any] | None:
        """``environment.json``: versions, machine and kernel plan; None before it is written."""
        path = self.folder / "environment.json"
        if not path.exists():
            return None
        found = record(sealed.read(path, required=self.is_sealed))
        records.check(str(path), found, records.ENVIRONMENT, records.ENVIRONMENT_MAY)
        return found

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """One entry an epoch: epoch, step, learning rate, two losses and the accuracy of both parts.

        ``..._loss`` is the loss that is trained, ``..._cross_entropy`` the plain one over the classes.
        """
        path = self.folder / "metrics.jsonl"
        lines = self._lines("metrics.jsonl", records.EPOCH, records.EPOCH_MAY)
        done = 0
        with suppress(RunError):
            if self.is_sealed and self.status == "done":
                done = (self.result or {})["epochs"]
        numbers = [line["epoch"] for line in lines]
        if numbers != list(range(1, len(lines) + 1)) or len(lines) < done:
            raise RunError(f"{path} is damaged: epochs are missing; restore it or train again")
        return both_losses(lines, lambda: self.experiment.loss)

    @property
    def history(self) -> dict[str, list[Any]]:
        """The metrics as columns, one entry an epoch: ``pandas.DataFrame(run.history)``.

        A column that an epoch does not have, such as ``validation_loss`` without validation images, holds
        None there.
        """
        return columns(self.metrics)

    @property
    def result(self) -> dict[str, Any] | None:
        """``result.json``, or None while the run is not over."""
        path = self.folder / "result.json"
        if not path.exists():
            return None
        result = record(sealed.read(path, required=self.is_sealed))
        begun = (self.folder / "experiment.json").exists()
        must = records.RESULT if begun else {"status": records.RESULT["status"]}
        records.check(str(path), result, must, records.RESULT_MAY)
        return result

    @property
    def status(self) -> str:
        """``done``, ``diverged`` or ``unfinished``."""
        result = self.result
        return "unfinished" if result is None else str(result["status"])

    @property
    def damage(self) -> str | None:
        """Why what the run says of itself cannot be read, or None if it can; arrays are not tried."""
        try:
            run = Run.open(self.folder)
            _ = run.status, run.test_accuracy, run.metrics
        except RunError as error:
            return str(error)
        except (KeyError, TypeError, ValueError, OSError) as error:
            return f"{self.folder} is damaged ({type(error).__name__}: {error}); train again"
        return None

    @property
    def lost(self) -> list[str]:
        """Why weights or predictions of a run that is done cannot be read; training writes them again."""
        reasons = []
        for read in (self.trained, lambda: self.predictions) if self.status == "done" else ():
            try:
                read()
            except RunError as error:
                reasons.append(str(error))
        return reasons

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        """Every evaluation on a test set so far."""
        return self._lines("evaluations.jsonl", records.EVALUATION, records.EVALUATION_MAY)

    def _lines(self, name: str, must: records.Kinds, may: records.Kinds) -> list[dict[str, Any]]:
        path = self.folder / name
        lines = [record(line) for line in sealed.lines(path, required=self.is_sealed)]
        for number, line in enumerate(lines, 1):
            records.check(f"line {number} of {path}", line, must, may, finite=self.is_sealed)
        return lines

    @property
    def test_accuracy(self) -> float | None:
        """Share of the run's own test images that are right without TTA; None if it was not evaluated."""
        own = [line["accuracy"] for line in self.evaluations if line["data"] == "own"]
        return own[-1] if own else None

    @cached_property
    def predictions(self) -> dict[str, NDArray[Any]]:
        """``{validation,test}_{logits,labels,tta_logits}``; absent parts have no entry."""
        self._require_done()
        path = self.folder / "predictions.npz"
        found = predictions.read(path)
        self._check_digest("predictions.npz", predictions.digest(path))
        return class_logits(found, self.folder / "weights.safetensors")

    def stored_weights(self) -> tuple[checkpoint.Arrays, dict[str, Any]]:
        """Weights by path and what their file says of them, of a model that need not be known here.

        Raises:
            RunError: If they are damaged, or not those that the run has written.
        """
        arrays, about = self._read_weights()
        self._check_digest("weights.safetensors", checkpoint.digest(arrays))
        return arrays, about

    def trained(self) -> tuple[checkpoint.Arrays, dict[str, Any]]:
        """Weights by path, and what is needed to use them: shape, classes, shift and scale.

        Raises:
            RunError: If they are damaged, not finite, or not those of the run's model.
        """
        arrays, about = self._read_weights()
        path = self.folder / "weights.safetensors"
        check_trained(path, self.experiment, arrays, about, self.modules)
        self._check_digest("weights.safetensors", checkpoint.digest(arrays))
        return arrays, about

    def _read_weights(self) -> tuple[checkpoint.Arrays, dict[str, Any]]:
        self._require_done()
        return checkpoint.load_arrays(self.folder / "weights.safetensors")

    def _check_digest(self, name: str, digest: str) -> None:
        """Raises ``RunError`` if a file is another one than that which the result speaks of."""
        entry = f"{name.partition('.')[0]}_sha256"
        if (self.result or {}).get(entry, digest) != digest:
            raise RunError(
                f"{self.folder / name} is not the one that the run has written; resume the training to "
                "write it again",
                remedies=("resume",),
            )

    @property
    def checkpoints(self) -> list[Path]:
        """Files of saved states, earliest step first."""
        found = (self.folder / "checkpoints").glob("*.safetensors")
        steps = (path for path in found if path.stem.isascii() and path.stem.isdecimal())
        return sorted(steps, key=lambda path: int(path.stem))

    def _repr_html_(self) -> str:
        """Status, accuracies and folder, for notebooks."""
        rows: list[tuple[str, object]] = [("folder", self.folder)]
        if (damage := self.damage) is not None:
            return facts("Run", [*rows, ("damage", damage)])
        result = self.result or {}
        rows += [("status", self.status), ("epochs", len(self.metrics))]
        names = ("model", "parameters", "validation_accuracy", "train_seconds", "reason")
        rows += [(name.replace("_", " "), result[name]) for name in names if name in result]
        rows += [
            ("test accuracy", "not evaluated" if self.test_accuracy is None else self.test_accuracy)
        ]
        return facts("Run", rows)

    def _require_done(self) -> None:
        """Raises ``RunError`` if training has not come to its end."""
        status = self.status
        if status == "diverged":
            raise RunError(
                f"{self.folder} has diverged and has no trained weights; train with a lower rate"
            )
        if status == "unfinished":
            raise RunError(
                f"{self.folder} is unfinished; resume its training, or leave it out",
                remedies=("resume",),
            )


def find_runs(folder: Path | str) -> list[Run]:
    """The runs in ``folder``, oldest first; those that are damaged too (see ``Run.damage``)."""
    begun = [(path.stat().st_mtime, path.parent) for path in Path(folder).glob("*/experiment.json")]
    return [Run(path) for _, path in sorted(begun)]
