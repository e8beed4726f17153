"""The lock of a study: what was declared before the first run, and every deviation since.

``runs/studies/NAME/study.lock.json`` is written by the first ``run`` or by ``lock``. A study that says
something else later is refused until the change is written down with a reason, which is printed with
every verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.core.value import to_dict
from thumblab.data import Dataset, DatasetSpec
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.storage import files, sealed
from thumblab.study.study import Study

FILE = "study.lock.json"
STUDIES = "studies"
SCHEMA = 1

SEARCHED = ("arms", "search")
"""What is declared that a search depends on: what it has found stands while these do."""


@dataclass(frozen=True)
class Lock:
    """What a study has declared.

    Attributes:
        folder: Of the study's records.
        values: Of the file.
    """

    folder: Path
    values: Mapping[str, Any]

    @property
    def count(self) -> int:
        """Seeds of each arm; ``more`` raises it."""
        return int(self.values["count"])

    @property
    def deviations(self) -> list[dict[str, Any]]:
        """Changes since, each with when, what and why."""
        return list(self.values["deviations"])

    @property
    def searched(self) -> Mapping[str, Any] | None:
        """What the search has found: its seed and its part, and of each arm the settings; None before."""
        found: Mapping[str, Any] | None = self.values.get("search")
        return found

    def fingerprints(self, study: Study) -> dict[DatasetSpec, str]:
        """Of the data of every arm."""
        return {arm.experiment.data: self.values["data"][arm.name] for arm in study.each}


def folder_of(study: Study, runs: Path | str) -> Path:
    """Where the records of a study lie."""
    return Path(runs) / STUDIES / study.name


def read_lock(study: Study, runs: Path | str) -> Lock | None:
    """The lock of a study, or None if it has not been locked.

    Raises:
        RunError: If it is damaged.
        UsageError: If the study is not what was locked.
    """
    folder = folder_of(study, runs)
    if not (folder / FILE).exists():
        return None
    lock = Lock(folder, sealed.read(folder / FILE, required=True))
    if changes := _changes(lock.values["declared"], declared(study)):
        raise UsageError(
            f"the study {study.name} is not what was locked on {lock.values['locked'][:10]}: "
            f"{'; '.join(changes)}; undo that, or amend the lock with a reason",
            remedies=("amend",),
        )
    return lock


def lock_study(
    study: Study,
    runs: Path | str,
    datasets: Mapping[DatasetSpec, Dataset],
    *,
    amend: str | None = None,
) -> Lock:
    """Writes down what the study declares, unless that has been done.

    Args:
        study: What is locked.
        runs: Folder of run folders.
        datasets: The data of every arm.
        amend: Why the study is changed, if it is not what was locked before.

    Raises:
        UsageError: If it has been locked as something else, and no reason is given; or its data have
            changed.
    """
    folder = folder_of(study, runs)
    if amend is not None and (folder / FILE).exists():
        return _amended(study, folder, datasets, amend)
    lock = read_lock(study, runs)
    data = {arm.name: datasets[arm.experiment.data].fingerprint for arm in study.each}
    if lock is None:
        files.check_space(folder, 0)
        lock = Lock(folder, _values(study, data))
        sealed.write(folder / FILE, lock.values)
    elif lock.values["data"] != data:
        names = [name for name, found in data.items() if lock.values["data"].get(name) != found]
        raise UsageError(
            f"the data of {', '.join(names)} are not those that the study {study.name} was locked with; "
            "give those, or start a study of another name"
        )
    return lock


def add_seeds(lock: Lock, count: int, *, declared_look: bool) -> Lock:
    """The lock with ``count`` seeds of each arm; whether that was a declared look is noted."""
    note = _deviation(f"seeds {lock.count} -> {count}", "more seeds were asked for")
    deviations = lock.deviations if declared_look else [*lock.deviations, note]
    return _written(lock.folder, {**lock.values, "count": count, "deviations": deviations})


def add_searched(lock: Lock, found: Mapping[str, Any]) -> Lock:
    """The lock with what the search has found: no deviation, for the search was declared."""
    values = sealed.read(lock.folder / FILE, required=True)
    return _written(lock.folder, {**values, "search": {"found": _now(), **found}})


def declared(study: Study) -> dict[str, Any]:
    """All that a study declares, as plain data."""
    return {
        "title": study.title,
        "baseline": study.baseline,
        "arms": {arm.name: to_dict(arm.experiment) for arm in study.each},
        "seeds": json.loads(json.dumps(asdict(study.seeds))),
        "question": json.loads(json.dumps(asdict(study.question))),
        "factors": [[name, list(levels)] for name, levels in study.factors],
        "search": None if study.search is None else json.loads(json.dumps(asdict(study.search))),
        "ignore": dict(study.ignore),
    }


def _values(study: Study, data: dict[str, str]) -> dict[str, Any]:
    everything = declared(study)
    return {
        "schema": SCHEMA,
        "name": study.name,
        "locked": _now(),
        "thumblab": metadata.version("thumblab"),
        "engine": ENGINE_VERSION,
        "declared": everything,
        "declared_sha256": sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest(),
        "count": study.seeds.count,
        "data": data,
        "deviations": [],
    }


def _amended(
    study: Study, folder: Path, datasets: Mapping[DatasetSpec, Dataset], reason: str
) -> Lock:
    if not reason.strip():
        raise UsageError("an amendment needs a reason; say why the study was changed")
    before = Lock(folder, sealed.read(folder / FILE, required=True))
    changes = _changes(before.values["declared"], declared(study))
    if not changes:
        return before
    data = {arm.name: datasets[arm.experiment.data].fingerprint for arm in study.each}
    values = _values(study, data) | {"locked": before.values["locked"]}
    values["count"] = max(before.count, study.seeds.count)
    same = all(before.values["declared"][key] == values["declared"][key] for key in SEARCHED)
    if before.searched is not None and same and before.values["data"] == data:
        values["search"] = before.searched
    values["deviations"] = [*before.deviations, _deviation("; ".join(changes), reason)]
    return _written(folder, values)


def _written(folder: Path, values: Mapping[str, Any]) -> Lock:
    kept = {name: value for name, value in values.items() if name != sealed.SEAL}
    sealed.write(folder / FILE, kept)
    return Lock(folder, kept)


def _deviation(what: str, why: str) -> dict[str, Any]:
    return {"when": _now(), "what": what, "why": why}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _changes(before: Any, now: Any, path: str = "") -> list[str]:
    """What differs, as ``question.matters 0.5 -> 1``."""
    if isinstance(before, dict) and isinstance(now, dict):
        found = []
        for name in dict.fromkeys([*before, *now]):
            inner = f"{path}.{name}" if path else name
            if name not in before:
                found.append(f"{inner} is new")
            elif name not in now:
                found.append(f"{inner} is gone")
            else:
                found += _changes(before[name], now[name], inner)
        return found
    return [] if before == now else [f"{path} {_short(before)} -> {_short(now)}"]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
