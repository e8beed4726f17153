"""The settings that a search has found, in the lock, and the study with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from thumblab.core.errors import UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.study.lock import Lock, add_searched, read_lock
from thumblab.study.space import applied
from thumblab.study.study import Study
from thumblab.study.trial import Ended, Trial, best_of


def freeze(study: Study, lock: Lock, trials: Mapping[str, Sequence[Trial]], *, seed: int) -> Lock:
    """The lock with all trials, and the settings of the best one of each arm.

    Args:
        study: With its search.
        lock: Of the study.
        trials: Of each arm, all of them.
        seed: That they were trained with.

    Raises:
        UsageError: If no trial of an arm could be trained to its end.
    """
    arms = {}
    for arm in study.each:
        own = trials[arm.name]
        best = best_of(own)
        if best is None:
            note = next((each.note for each in own if each.note), "all were stopped early")
            raise UsageError(
                f"none of {len(own)} trials of arm {arm.name!r} could be trained ({note}); change what is "
                "searched"
            )
        arms[arm.name] = {
            "trials": len(own),
            **{kind: sum(each.ended == kind for each in own) for kind in get_args(Ended)},
            "number": best.number,
            "accuracy": best.accuracy,
            "settings": dict(best.settings),
            "experiment": to_dict(applied(arm.experiment, best.settings)),
            "tried": [asdict(each) | {"settings": dict(each.settings)} for each in own],
        }
    return add_searched(lock, {"seed": seed, "part": "validation", "arms": arms})


def resolved(study: Study, lock: Lock) -> Study:
    """The study with the settings that its search has found in every arm, and no search any more.

    Raises:
        UsageError: If the search is not done.
    """
    if study.search is None:
        return study
    found = lock.searched
    if found is None:
        raise UsageError(
            f"the settings of {study.name} have not been searched yet; search them first",
            remedies=("search",),
        )
    arms = []
    for arm in study.each:
        best: Mapping[str, Any] = found["arms"][arm.name]
        experiment = replace(from_dict(best["experiment"]), label=arm.experiment.label)
        settings = tuple((path, f"{value}") for path, value in best["settings"].items())
        arms.append(replace(arm, experiment=experiment, edits=(*arm.edits, *settings)))
    return replace(study, arms=tuple(arms), search=None)


def before_search(study: Study, lock: Lock | None) -> Study:
    """``resolved``, or the study as it stands while its search is not done; to tell costs by."""
    if lock is not None and lock.searched is not None:
        return resolved(study, lock)
    return replace(study, search=None)


def search_rows(study: Study, lock: Lock) -> tuple[tuple[str, str], ...]:
    """How the settings of a study's arms were found, as names and values; none without a search."""
    found = lock.searched
    if found is None:
        return ()
    arms = [(arm.name, found["arms"][arm.name]) for arm in study.each]
    trials = max(own["trials"] for _, own in arms)
    how = f"the best of {trials} trials of each arm on {found['part']} images with seed {found['seed']}"
    rows = [("settings", f"{how}, which no run has")]
    for name, own in arms:
        settings = ", ".join(f"{path}={value}" for path, value in own["settings"].items())
        rows.append((f"settings of {name}", settings))
    return tuple(rows)


def adopted(study: Study, lock: Lock, folders: Sequence[Path]) -> Lock:
    """The lock, with what the search has found elsewhere if it is not known here.

    Args:
        study: With its search.
        lock: Of the study.
        folders: Other folders of runs, in which it may have been searched.
    """
    if study.search is None or lock.searched is not None:
        return lock
    for folder in folders:
        other = read_lock(study, folder)
        if other is not None and other.searched is not None:
            return add_searched(lock, other.searched)
    return lock
