import numpy as np
import pytest

from tests.report import grouped
from thumblab.analysis import confusion
from thumblab.report.study import page_of_runs, study_page


@pytest.fixture(scope="module")
def runs(networks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("arms")
    return [*networks, *(grouped.trained(folder, seed=seed, batch=94) for seed in (1, 2))]


@pytest.fixture(scope="module")
def found(runs):
    return page_of_runs(runs, grouped.dataset())


def test_arms_have_their_runs_scores_costs_and_curves(runs, found):
    assert [arm.name for arm in found.arms] == ["batch=47", "batch=94"]
    arm, own = found.arms[0], runs[:2]
    assert arm.seeds == (1, 2)
    assert arm.parameters == own[0].result["parameters"]
    assert arm.seconds == tuple(run.result["train_seconds"] for run in own)
    assert np.allclose(arm.accuracies, [run.result["validation_accuracy"] for run in own])
    wanted = [[line["validation_cross_entropy"] for line in run.metrics] for run in own]
    assert arm.curves["validation_loss"].tolist() == wanted
    counts = sum(
        confusion(
            run.predictions["validation_logits"][:, :47].argmax(1),
            run.predictions["validation_labels"],
            47,
        )
        for run in own
    )
    assert np.array_equal(arm.confusion, counts)


def test_images_labels_and_hits_are_those_of_the_validation_part(runs, found):
    assert found.part == "validation"
    assert len(found.images) == len(found.labels) == found.hits["batch=47"].shape[1]
    assert np.array_equal(found.labels, runs[0].predictions["validation_labels"])
    assert found.classes == grouped.dataset().classes


def test_it_was_not_declared_and_was_audited(found):
    assert not found.is_declared
    assert not found.verdict.declared
    assert found.rules == 52
    assert found.findings is not None
    assert found.question == "They differ in batch."
    page = study_page(found)
    assert "was not declared before the runs were made" in page


def test_one_arm_is_a_page_too(runs):
    said: list[str] = []
    one = page_of_runs(runs[:2], grouped.dataset(), language="ko", say=said.append)
    assert one.verdict is None
    assert "학습 방법 1가지" in one.title
    assert said == ["auditing 2 runs"]
    assert "비교할 것이 없습니다" in study_page(one, language="ko")
