from pathlib import Path

import pytest

from tests.study.small import datasets, study
from thumblab.core.errors import UsageError
from thumblab.storage import files, sealed
from thumblab.study import Seeds, Study, lock_study, more_seeds
from thumblab.study.lock import folder_of
from thumblab.study.results import LOOKS


def printed(wanted: Study, runs: Path) -> None:
    files.append(folder_of(wanted, runs) / LOOKS, sealed.line({"seeds": 2}))


def test_before_a_verdict_more_seeds_may_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has not been run"):
        more_seeds(study(), 1, runs=tmp_path)
    lock_study(study(), tmp_path, datasets())
    assert more_seeds(study(), 3, runs=tmp_path).count == 5
    with pytest.raises(UsageError, match="give 1 to 995"):
        more_seeds(study(), 0, runs=tmp_path)


def test_after_a_verdict_only_declared_looks_are_allowed(tmp_path: Path) -> None:
    plain = study()
    lock_study(plain, tmp_path, datasets())
    printed(plain, tmp_path)
    with pytest.raises(UsageError, match="no looks were declared"):
        more_seeds(plain, 1, runs=tmp_path)
    declared = study(seeds=Seeds(2, looks=(2, 4)), name="declared")
    lock_study(declared, tmp_path, datasets())
    printed(declared, tmp_path)
    with pytest.raises(UsageError, match="the declared looks are 2, 4"):
        more_seeds(declared, 1, runs=tmp_path)
    lock = more_seeds(declared, 2, runs=tmp_path)
    assert (lock.count, lock.deviations) == (4, [])


def test_after_every_seed_where_that_was_declared(tmp_path: Path) -> None:
    any_ = study(seeds=Seeds(2, looks="any"))
    lock_study(any_, tmp_path, datasets())
    printed(any_, tmp_path)
    assert more_seeds(any_, 1, runs=tmp_path).count == 3
