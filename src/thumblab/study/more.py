"""More seeds for a study that has been locked."""

from __future__ import annotations

from pathlib import Path

from thumblab.core.errors import UsageError
from thumblab.storage import sealed
from thumblab.study.lock import Lock, add_seeds, read_lock
from thumblab.study.results import LOOKS
from thumblab.study.study import MOST_SEEDS, Study


def more_seeds(study: Study, count: int, *, runs: Path | str) -> Lock:
    """Raises the seeds of each arm by ``count``.

    Before any verdict was printed that changes nothing but the cost. After one it would be looking twice
    at one level, which finds differences that are not there: it is allowed to declared looks only.

    Raises:
        UsageError: If the study is not locked, ``count`` is no number of seeds, or a verdict was printed and
            the new number is no declared look.
    """
    lock = read_lock(study, runs)
    if lock is None:
        raise UsageError(f"the study {study.name} has not been run; set its count of seeds instead")
    total = lock.count + count
    if count < 1 or total > MOST_SEEDS:
        raise UsageError(
            f"{count} more seeds would make {total}; give 1 to {MOST_SEEDS - lock.count}"
        )
    looks = study.seeds.looks
    declared = looks == "any" or total in looks
    printed = bool(list(sealed.lines(lock.folder / LOOKS, required=True)))
    if printed and not declared:
        allowed = (
            f"the declared looks are {', '.join(map(str, looks))}"
            if looks
            else "no looks were declared"
        )
        raise UsageError(
            f"a verdict of {study.name} was printed at {lock.count} seeds, and {allowed}: a verdict after "
            f"{total} would find differences that are not there; ask for a declared look, or start a fresh "
            "study"
        )
    return add_seeds(lock, total, declared_look=declared)
