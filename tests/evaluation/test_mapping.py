from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.report import grouped
from thumblab.analysis import Grouping
from thumblab.analysis import mappings as every
from thumblab.analysis.mappings import Mapping
from thumblab.core.errors import DataError, UsageError
from thumblab.core.value import from_dict
from thumblab.data import Dataset
from thumblab.evaluation.mapping import MAPPINGS, judged_mappings, map_runs
from thumblab.runs import Run, predictions
from thumblab.storage import sealed


def test_every_mapping_of_the_package_is_in_the_table() -> None:
    kinds = {kind for kind in vars(every).values() if isinstance(kind, type)} - {Mapping}
    assert {type(mapping) for mapping in MAPPINGS} == kinds


def test_test_images_are_left_alone_until_they_are_asked_for(pair: tuple[Run, Run]) -> None:
    found = map_runs(pair[:1], grouped.grouping())
    assert found.test is None
    assert found.looks == (0,)
    assert pair[0].evaluations == []
    assert found.validation.images == len(pair[0].predictions["validation_labels"])
    assert len(found.validation.coarse) == len(MAPPINGS)
    best = max(row.accuracy for row in found.validation.coarse)
    first = next(row for row in found.validation.coarse if row.accuracy == best)
    assert found.validation.chosen == first


def test_the_choice_of_validation_is_tested_once_and_noted(pair: tuple[Run, Run]) -> None:
    found = map_runs(pair, grouped.grouping(), final=True)
    assert found.test is not None
    chosen, tested = found.validation.chosen, found.test.chosen
    assert (chosen.network, chosen.mapping) == (tested.network, tested.mapping)
    assert found.looks == (2, 2)  # of one test set, by both
    for run in pair:
        (line,) = run.evaluations
        assert line["data"] == "own"
        assert line["mapped"]["coarse_accuracy"] == tested.accuracy
        assert from_dict(line["mapped"]["mapping"]) == tested.mapping
        labels = run.predictions["test_labels"]
        assert line["accuracy"] == np.mean(run.predictions["test_logits"].argmax(1) == labels)
    assert map_runs(pair, grouped.grouping(), final=True).looks == (4, 4)


def test_several_runs_are_also_asked_together(pair: tuple[Run, Run]) -> None:
    found = map_runs(pair, grouped.grouping())
    names = [row.network for row in found.validation.fine]
    assert names == [str(pair[0].folder), str(pair[1].folder), "ensemble of 2"]
    assert len(found.validation.coarse) == 3 * len(MAPPINGS)


def test_what_was_fitted_to_validation_images_is_judged_by_folds(pair: tuple[Run, Run]) -> None:
    """Labels that say nothing leave a head nothing to learn that holds for other images."""
    stored = dict(pair[0].predictions)
    draw = np.random.default_rng(0)
    stored["validation_labels"] = draw.permutation(stored["validation_labels"])
    path = pair[0].folder / "predictions.npz"
    predictions.write(path, stored)
    told = dict(pair[0].result or {}) | {"predictions_sha256": predictions.digest(path)}
    sealed.write(pair[0].folder / "result.json", told)
    found = map_runs([Run.open(pair[0].folder)], grouped.grouping())
    groups = np.asarray(grouped.grouping().groups)[stored["validation_labels"]]
    most = np.bincount(groups).max() / len(groups)
    assert all(row.accuracy < most + 0.05 for row in found.validation.coarse)


def test_runs_that_cannot_choose_are_refused(pair: tuple[Run, Run], tmp_path: Path) -> None:
    grouping = grouped.grouping()
    with pytest.raises(UsageError, match=r"^the classes make one group, \('all',\); there is noth"):
        map_runs(pair, Grouping((0,) * 47, ("all",)))
    with pytest.raises(UsageError, match=r"^each of 47 classes is a group of its own; there is no"):
        map_runs(pair, Grouping(tuple(range(47)), grouped.dataset().classes))
    with pytest.raises(UsageError, match=r"^a run is given twice; give each once$"):
        map_runs([pair[0], pair[0]], grouping)
    with pytest.raises(UsageError, match=r"names no test-time augmentation; leave tta out$"):
        map_runs(pair, grouping, tta=True)
    other = grouped.trained(tmp_path / "other", split_seed=9, epochs=1)
    with pytest.raises(
        UsageError, match=r"; give runs of the same validation share and split seed$"
    ):
        map_runs([pair[0], other], grouping)
    everything = grouped.trained(tmp_path / "all", train_on="all", epochs=1)
    with pytest.raises(
        UsageError, match=r"so they say nothing of it; give a run that keeps them apart$"
    ):
        map_runs([everything], grouping)


def test_an_unfinished_run_is_refused(pair: tuple[Run, Run]) -> None:
    (pair[0].folder / "result.json").unlink()
    with pytest.raises(UsageError, match=r"is unfinished; give runs that are done$"):
        map_runs(pair, grouped.grouping())


def test_without_test_images_there_is_nothing_to_test_on(tmp_path: Path) -> None:
    data = grouped.dataset()
    alone = Dataset("alone", data.train, None, data.classes, data.groups, data.group_names)
    run = grouped.trained(tmp_path, alone, epochs=1)
    assert map_runs([run], grouped.grouping()).test is None
    with pytest.raises(DataError, match=r"has no test images; train on data, or a share, that has"):
        map_runs([run], grouped.grouping(), final=True)
    assert not (run.folder / "evaluations.jsonl").exists()
    assert json.loads((run.folder / "result.json").read_text())["status"] == "done"


def test_a_page_shows_the_table_that_was_looked_at_and_looks_itself_at_none(
    pair: tuple[Run, Run],
) -> None:
    run = pair[0]
    shown = judged_mappings(run, grouped.grouping())
    assert shown == map_runs([run], grouped.grouping()).validation
    assert run.evaluations == []
    tested = map_runs([run], grouped.grouping(), final=True).test
    looks = run.evaluations
    assert judged_mappings(run, grouped.grouping()) == tested
    assert run.evaluations == looks
