"""Runs that lie beside a run and differ from it in their seed alone, and those that differ in more."""

from __future__ import annotations

from dataclasses import replace

from thumblab.core.errors import ThumblabError
from thumblab.core.value import digest
from thumblab.experiment import Experiment
from thumblab.runs import Run, find_runs


def without_seed(experiment: Experiment) -> str:
    """What names an experiment whatever its seed."""
    return digest(replace(experiment, seed=0))


def same_but_for_the_seed(run: Run) -> list[Run]:
    """The runs of the same folder that repeat ``run`` on the same data, itself among them.

    Those that cannot be read, or whose code is not trusted, are passed over.
    """
    wanted, data = without_seed(run.experiment), run.about["fingerprint"]
    found = []
    for each in find_runs(run.folder.parent):
        try:
            if each.about["fingerprint"] == data and without_seed(each.experiment) == wanted:
                found.append(each)
        except ThumblabError:
            continue
    return found
