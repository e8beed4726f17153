from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.report import grouped
from thumblab.analysis import accuracy_interval, averages, rare_and_common
from thumblab.core.errors import DataError, UsageError
from thumblab.data import Dataset
from thumblab.evaluation.comparison import compare
from thumblab.runs import Run

COUNTS = np.arange(47)[::-1] + 1


def test_scores_are_those_of_the_analysis_on_validation_images(pair: tuple[Run, Run]) -> None:
    first, second = compare(pair, COUNTS)
    stored = pair[1].predictions
    labels = stored["validation_labels"]
    guesses = stored["validation_logits"].argmax(1)
    rarity = rare_and_common(guesses, labels, COUNTS)
    assert second.run == str(pair[1].folder)
    assert (second.accuracy, second.macro_f1) == (rarity.accuracy, rarity.macro_f1)
    assert (second.rare_recall, second.common_recall) == (rarity.rare_recall, rarity.common_recall)
    assert (second.low, second.high) == accuracy_interval(guesses, labels)
    assert second.macro_low <= second.macro_f1 <= second.macro_high + 0.02
    assert second.weighted_f1 == averages(guesses, labels, "weighted").f1
    assert "guesses" not in second.to_json()
    assert (first.seed, second.seed) == (1, 2)
    assert all(run.evaluations == [] for run in pair)


def test_a_look_at_the_test_images_is_noted(pair: tuple[Run, Run]) -> None:
    found = list(compare(pair, COUNTS, final=True))
    for run, each in zip(pair, found, strict=True):
        (line,) = run.evaluations
        assert line["data"] == "own"
        assert line["accuracy"] == each.accuracy
        assert len(line["compared"]) == 2


def test_runs_that_cannot_be_compared_are_refused(pair: tuple[Run, Run], tmp_path: Path) -> None:
    other = grouped.trained(tmp_path / "other", split_seed=9, epochs=1)
    with pytest.raises(
        UsageError, match=r"; give runs of the same validation share and split seed$"
    ):
        list(compare([pair[0], other], COUNTS))
    assert len(list(compare([pair[0], other], COUNTS, final=True))) == 2
    everything = grouped.trained(tmp_path / "all", train_on="all", epochs=1)
    with pytest.raises(
        UsageError, match=r"so they say nothing of it; compare them on the test images"
    ):
        list(compare([everything], COUNTS))
    data = grouped.dataset()
    alone = Dataset("alone", data.train, None, data.classes)
    with pytest.raises(DataError, match="has no test images; compare runs that have some"):
        list(compare([grouped.trained(tmp_path / "x", alone, epochs=1)], COUNTS, final=True))
    (pair[0].folder / "result.json").unlink()
    with pytest.raises(UsageError, match="is unfinished; give runs that are done"):
        list(compare(pair, COUNTS))
