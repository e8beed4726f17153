"""Opening a run folder to train in it: made if it is new, locked, and only for the same experiment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thumblab.core.errors import RunError, UsageError
from thumblab.core.source_text import digests, source_texts
from thumblab.core.value import to_dict
from thumblab.experiment.experiment import ENGINE_VERSION, Experiment
from thumblab.runs import own_code
from thumblab.runs.lock import locked
from thumblab.runs.run import Run
from thumblab.runs.stored_experiment import SCHEMA
from thumblab.storage import files, sealed


@contextmanager
def open_for_training(
    runs: Path, experiment: Experiment, fingerprint: str, *, resume: bool
) -> Iterator[Run]:
    """The experiment's run folder, made if it is new and locked against a second process.

    A new one goes again if there is an error before anything is saved in it.

    Raises:
        UsageError: If it holds an unfinished run and ``resume`` is false, another process trains it,
            or the folder cannot be written.
        WriteError: If the disk is full.
    """
    key = experiment.key(fingerprint)
    run = Run(Path(runs) / key[:12])
    new = not run.folder.exists()
    with locked(run.folder):
        files.clean(run.folder)
        if (run.folder / "experiment.json").exists():
            run = _check_same(run, fingerprint, key)
        else:
            _begin(run.folder, experiment, fingerprint, key)
        if run.status == "unfinished" and not resume and run.checkpoints:
            raise UsageError(
                f"{run.folder} holds an unfinished run of this experiment "
                f"({len(run.metrics)} of {experiment.epochs} epochs); resume it, or delete the "
                "folder",
                remedies=("resume",),
            )
        try:
            yield run
        except Exception:
            if new and run.status == "unfinished" and not run.metrics and not run.checkpoints:
                shutil.rmtree(run.folder, ignore_errors=True)
            raise


def _begin(folder: Path, experiment: Experiment, fingerprint: str, key: str) -> None:
    """Writes down what is going to be run, with the code of the user's that it names."""
    texts = source_texts(experiment)
    if texts:
        own_code.save(folder, texts)
    about = {
        "schema": SCHEMA,
        "key": key,
        "fingerprint": fingerprint,
        "engine": ENGINE_VERSION,
        "sources": digests(texts),
        "experiment": to_dict(experiment),
    }
    sealed.write(folder / "experiment.json", about)


def _check_same(run: Run, fingerprint: str, key: str) -> Run:
    """The run, read anew; raises ``RunError`` unless it is the experiment with this ``key``."""
    found = Run.open(run.folder)
    try:
        same = found.about["key"] == key == found.experiment.key(fingerprint)
    except (UsageError, TypeError, ValueError, AttributeError):
        same = False
    if not same:
        raise RunError(
            f"{run.folder}/experiment.json is damaged, or of another experiment; restore it, or delete "
            "the folder to train from the start"
        )
    return found
