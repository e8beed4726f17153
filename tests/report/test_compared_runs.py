from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.report import grouped
from tests.report.conftest import Writer, dataset_of
from thumblab.core.errors import DataError, UsageError
from thumblab.evaluation import evaluate
from thumblab.report.compared_runs import compare_runs
from thumblab.runs import Run
from thumblab.verdict import judge


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    folder = tmp_path_factory.mktemp("others")
    first, second = (grouped.trained(folder, seed=seed, batch=94) for seed in (2, 3))
    return first, second


def test_arms_are_paired_by_the_seeds_that_both_have(
    networks: tuple[Run, Run], others: tuple[Run, Run]
) -> None:
    found = compare_runs([*networks, *others], grouped.dataset(), against="batch=47")
    assert (found.part, found.paired) == ("validation", (("batch=47", "batch=94"), (2,)))
    assert found.verdict is not None
    assert not found.verdict.declared
    wanted = judge({"batch=47": found.hits("batch=47"), "batch=94": found.hits("batch=94")})
    assert found.verdict.comparisons == wanted.comparisons
    stored = networks[1].predictions
    right = stored["validation_logits"].argmax(1) == stored["validation_labels"]
    assert np.array_equal(found.hits("batch=47"), right[None])


def test_one_arm_has_no_verdict(networks: tuple[Run, Run]) -> None:
    found = compare_runs(networks, grouped.dataset())
    assert found.verdict is None
    assert found.hits("all runs").shape == (2, len(found.labels))


def test_test_images_are_shown_once_all_were_evaluated_on_them(pair: tuple[Run, Run]) -> None:
    evaluate(pair[0])
    assert compare_runs([Run(run.folder) for run in pair], grouped.dataset()).part == "validation"
    evaluate(pair[1])
    looks = [len(run.evaluations) for run in pair]
    runs = [Run(run.folder) for run in pair]
    found = compare_runs(runs, grouped.dataset())
    assert found.part == "test"
    assert np.array_equal(found.labels, grouped.dataset().test.labels)
    assert [len(run.evaluations) for run in runs] == looks


def test_a_diverged_run_counts_with_what_it_says(networks: tuple[Run, Run], tmp_path: Path) -> None:
    bad = grouped.trained(tmp_path, seed=1, batch=94)
    path = bad.folder / "result.json"
    result = json.loads(path.read_text())
    changed = {"status": "diverged", "reason": "the loss became nan"}
    from thumblab.storage import sealed

    result.pop(sealed.SEAL)
    sealed.write(path, result | changed)
    found = compare_runs([*networks, Run(bad.folder)], grouped.dataset(), against="batch=47")
    assert np.array_equal(found.guesses["batch=94"], np.zeros((1, len(found.labels))))
    with pytest.raises(UsageError, match="all of these runs have diverged"):
        compare_runs([Run(bad.folder)], grouped.dataset())


def test_what_does_not_go_together_is_told(networks: tuple[Run, Run], write_run: Writer) -> None:
    with pytest.raises(UsageError, match="given twice"):
        compare_runs([networks[0], networks[0]], grouped.dataset())
    with pytest.raises(DataError, match="was trained on other data"):
        compare_runs(networks, dataset_of(("a", "b")))
    run = write_run(dataset_of(("a", "b")))
    (run.folder / "result.json").unlink()
    with pytest.raises(UsageError, match="is unfinished; resume its training, or leave it out"):
        compare_runs([run], dataset_of(("a", "b")))
