"""Names of runs in arguments of values, such as ``pretrained:path=@last``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

RUN = "run"
"""In a field's metadata: it is the path of a run, for which texts may have the name of the run."""

_find: ContextVar[Callable[[Path], Path] | None] = ContextVar("find", default=None)


@contextmanager
def run_names(find: Callable[[Path], Path]) -> Iterator[None]:
    """While this is open, ``find`` says which folder is meant by what texts say of a run.

    >>> from thumblab.experiment import Pretrained
    >>> with run_names(lambda named: Path("runs") / named):
    ...     found_run(Pretrained, "path", "baseline")
    'runs/baseline'
    >>> found_run(Pretrained, "path", "baseline")
    'baseline'
    """
    before = _find.set(find)
    try:
        yield
    finally:
        _find.reset(before)


def found_run(target: Any, name: str, value: Any) -> Any:
    """``value`` for the argument ``name`` of ``target``: a path, if it is the name of a run."""
    find = _find.get()
    if find is None or not value or not is_dataclass(target):
        return value
    if not any(field.name == name and field.metadata.get(RUN) for field in fields(target)):
        return value
    found = find(Path(value))
    return value if found == Path(value) else found.as_posix()
