from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.report import grouped
from thumblab.core.errors import DataError, UsageError
from thumblab.data import Dataset, Split
from thumblab.evaluation import evaluate
from thumblab.evaluation.cross import Cell, cell_means, cross, shared
from thumblab.runs import Run


def merged(data: Dataset) -> Dataset:
    """The same images with the lower case taken for the upper case."""
    upper = [name.upper() for name in data.classes]
    names = tuple(dict.fromkeys(upper))
    to = np.array([names.index(name) for name in upper])
    assert data.test is not None
    parts = [Split(part.images, to[part.labels]) for part in (data.train, data.test)]
    return Dataset("merged", parts[0], parts[1], names)


def test_a_run_on_its_own_data_is_what_evaluate_says(pair: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    (cell,) = cross(pair[:1], [data], [data])
    told = pair[0].evaluations[-1]
    assert told["data"] == "own"
    assert told["cross"] == {"classes": 47, "seen": cell.seen}
    assert cell.accuracy == told["accuracy"] == evaluate(pair[0]).accuracy
    assert (cell.images, cell.classes) == (47, 47)
    assert cell.low < cell.accuracy < cell.high
    assert 0 < cell.seconds < 10
    assert cell.seen == 0
    assert cell.unseen_accuracy == cell.accuracy


def test_finer_classes_are_summed_to_the_datas(pair: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    fine, coarse = cross(pair[:1], [data], [data, merged(data)])
    assert coarse.classes == 36
    assert coarse.tested_on == "merged"
    assert coarse.accuracy >= fine.accuracy  # A taken for a is no mistake any more
    assert pair[0].evaluations[-1]["data"] == "merged"


def test_a_coarser_network_is_judged_by_its_own_classes(tmp_path: Path) -> None:
    data = grouped.dataset()
    coarse = merged(data)
    run = grouped.trained(tmp_path, coarse, epochs=1)
    own, finer = cross([run], [coarse], [coarse, data])
    assert finer.classes == own.classes == 36
    assert finer.accuracy == own.accuracy


def test_test_images_that_were_trained_on_are_counted(pair: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    assert data.test is not None
    known = Split(
        np.concatenate([data.train.images[:60], data.test.images]),
        np.concatenate([data.train.labels[:60], data.test.labels]),
    )
    (cell,) = cross(pair[:1], [data], [replace(data, name="leaky", test=known)])
    assert 20 < cell.seen < 40  # about half of the 60, the others are for validation
    assert cell.images == 107
    assert pair[0].evaluations[-1]["cross"]["seen"] == cell.seen
    (clean,) = cross(pair[:1], [data], [data])
    assert cell.unseen_accuracy != clean.accuracy or cell.seen == 60
    (whole,) = cross(pair[:1], [data], [replace(data, name="own", test=_trained_on(pair[0]))])
    assert (whole.seen, whole.unseen_accuracy) == (whole.images, None)


def _trained_on(run: Run) -> Split:
    from thumblab.experiment.experiment import parts

    return parts(run.experiment, grouped.dataset())[0]


def test_images_are_shared_where_every_pixel_is() -> None:
    images = np.arange(24, dtype=np.uint8).reshape(4, 2, 3, 1)
    others = images[[2, 0]].copy()
    others[1, 0, 0, 0] += 1
    np.testing.assert_array_equal(shared(images, others), [True, False])
    assert not shared(images, images.astype(np.float32)).any()
    assert not shared(images, images[:, :1]).any()


def test_runs_that_differ_in_their_seed_are_averaged(pair: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    cells = list(cross(pair, [data, data], [data, merged(data)]))
    assert len(cells) == 4
    first, second = cell_means(cells)
    assert (first.runs, first.tested_on, second.tested_on) == (2, "few", "merged")
    accuracies = [cell.accuracy for cell in cells if cell.tested_on == "few"]
    assert first.accuracy == pytest.approx(np.mean(accuracies))
    assert first.spread == pytest.approx(np.std(accuracies, ddof=1))
    (alone,) = cell_means(cells[:1])
    assert (alone.spread, alone.accuracy) == (None, cells[0].accuracy)


def test_cells_without_unseen_images_have_no_mean_of_them() -> None:
    cell = Cell("n", "e", "a", "b", 2, 9, 0.5, 0.4, 0.6, 0.5, 0.5, 9, None, 1.0)
    (mean,) = cell_means([cell])
    assert (mean.seen, mean.unseen_accuracy) == (1, None)


def test_data_that_do_not_fit_are_refused(pair: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    assert data.test is not None
    strangers = replace(data, name="strangers", classes=tuple(f"x{i}" for i in range(47)))
    with pytest.raises(
        UsageError, match=r"and of strangers do not name the same things; give data"
    ):
        list(cross(pair[:1], [data], [strangers]))
    wide = Split(np.zeros((3, 32, 32, 3), np.uint8), np.arange(3))
    with pytest.raises(
        DataError, match=r"reads \(1, 28, 28\) but wide has \(3, 32, 32\); give data"
    ):
        list(cross(pair[:1], [data], [Dataset("wide", wide, wide, data.classes)]))
    with pytest.raises(DataError, match=r"^few has no test images; choose other data$"):
        list(cross(pair[:1], [data], [replace(data, test=None)]))
    with pytest.raises(DataError, match=r"was trained on other data than the merged found"):
        list(cross(pair[:1], [merged(data)], [data]))
    assert pair[0].evaluations == []
