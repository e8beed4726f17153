from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.audit.made import Case, Shelf, alone, arms
from thumblab.audit import Subject, rule_named
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.runs import Run
from thumblab.storage import sealed

LAYER = """
from dataclasses import dataclass
from thumblab.core.layer import Layer
from thumblab.core.rules import forward

@dataclass(frozen=True)
class Doubled(Layer):
    pass

@forward.register
def doubled(layer: Doubled, x, ctx):
    return x + x, lambda dy: dy + dy
"""


def surrounded(run: Run, **values: Any) -> Run:
    found = {name: value for name, value in (run.environment or {}).items() if name != sealed.SEAL}
    sealed.write(run.folder / "environment.json", found | values)
    return Run.open(run.folder)


def resumed_elsewhere(shelf: Shelf) -> Subject:
    run = shelf.copy(shelf.trained())
    return alone(surrounded(run, earlier=[{"workers": 4, "processor": "another"}]))


def in_one_go(shelf: Shelf) -> Subject:
    return alone(shelf.trained())


def on_two_machines(shelf: Shelf) -> Subject:
    other = surrounded(shelf.copy(shelf.trained(batch=16)), workers=8)
    return arms({"plain": [shelf.trained()], "small": [other]})


def own_module(shelf: Shelf) -> tuple[Path, Run]:
    """A module of the user's, and a run that was trained with it."""
    place = shelf.empty()
    name = f"own_{place.name}"
    path = place / f"{name}.py"
    path.write_text(LAYER)
    sys.path.insert(0, str(place))
    try:
        doubled = importlib.import_module(name).Doubled()
        return path, shelf.trained(model=Sequential(Flatten(), doubled, Dense(10)), epochs=1)
    finally:
        sys.path.remove(str(place))
        sys.path.append(str(place))


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def changed_since(shelf: Shelf) -> Subject:
    path, run = own_module(shelf)
    path.write_text(LAYER.replace("x + x", "x + x + x"))
    return alone(run)


def unchanged(shelf: Shelf) -> Subject:
    return alone(own_module(shelf)[1])


def not_committed(shelf: Shelf) -> Subject:
    path, run = own_module(shelf)
    git(path.parent, "init")
    return alone(run)


def committed(shelf: Shelf) -> Subject:
    path, run = own_module(shelf)
    git(path.parent, "init")
    git(path.parent, "add", path.name)
    git(path.parent, "commit", "-m", "A layer")
    return alone(run)


CASES = [
    Case("R01", resumed_elsewhere, in_one_go),
    Case("R01", on_two_machines, in_one_go),
    Case("R02", changed_since, unchanged),
    Case("R02", not_committed, committed),
]


def test_what_is_other_is_told(shelf: Shelf) -> None:
    (found,) = rule_named("R01").findings(resumed_elsewhere(shelf))
    assert found.evidence["workers"] == [4, 1]
    assert set(found.evidence) == {"workers", "processor"}
    (found,) = rule_named("R01").findings(on_two_machines(shelf))
    assert found.evidence == {"workers": ["1", "8"]}
