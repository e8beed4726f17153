from __future__ import annotations

from tests.audit.made import Shelf
from thumblab.audit.siblings import same_but_for_the_seed


def test_siblings_differ_in_their_seed_alone(shelf: Shelf) -> None:
    runs = shelf.together([*shelf.seeds(0, 1), shelf.trained(batch=16)])
    (run,) = [run for run in runs if run.experiment.seed == 1]
    (run.folder.parent / "aaaaaaaaaaaa").mkdir()
    (run.folder.parent / "aaaaaaaaaaaa" / "experiment.json").write_text("{")
    found = same_but_for_the_seed(run)
    assert sorted(each.experiment.seed for each in found) == [0, 1]
    assert all(each.experiment.batch == 32 for each in found)
