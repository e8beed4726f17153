import numpy as np
import pytest

from tests.report import grouped
from tests.report.conftest import dataset_of
from thumblab.analysis import confusion
from thumblab.core.errors import DataError, UsageError
from thumblab.report.figures.from_runs import (
    class_counts_of,
    confusion_of,
    curves_of,
    epochs_of,
    forest_of,
    mapping_of,
    pca_of,
)


def test_seeds_of_an_arm_are_one_line_with_its_band(networks):
    figure = curves_of(networks)
    loss, accuracy = figure.axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("cross-entropy (nats)", "accuracy (%)")
    assert [text.get_text() for text in accuracy.texts] == ["train", "validation"]
    mean = np.mean([run.metrics[-1]["validation_accuracy"] for run in networks])
    assert accuracy.lines[1].get_ydata()[-1] == pytest.approx(100 * mean)


def test_several_arms_show_their_validation_images(networks, tmp_path):
    other = grouped.trained(tmp_path, seed=1, batch=94)
    accuracy = curves_of([*networks, other]).axes[1]
    assert accuracy.get_ylabel() == "validation accuracy (%)"
    assert {text.get_text() for text in accuracy.texts} == {"batch=47", "batch=94"}
    assert len(accuracy.collections) == 1  # a single seed has no band


def test_a_run_that_ended_early_has_gaps(write_run):
    run = write_run(dataset_of(("a", "b")), epochs=3)
    values = epochs_of([run], "validation_accuracy")
    assert values.shape == (1, 3)
    assert np.isnan(epochs_of([run], "nothing")).all()


def test_arms_are_compared_over_the_seeds_that_both_have(networks, tmp_path):
    more = [grouped.trained(tmp_path, seed=seed, batch=94) for seed in (1, 2)]
    axes = forest_of([*networks, *more], grouped.dataset(), against="batch=94").axes[0]
    assert axes.get_xlabel() == "difference from batch=94 (points)"
    with pytest.raises(UsageError, match="are one arm, or their arms share no seed"):
        forest_of(networks, grouped.dataset())


def test_confusions_are_summed_over_runs(networks):
    data = grouped.dataset()
    shown = confusion_of(networks, data).axes[0].collections[0].get_array()
    counts = sum(
        confusion(
            run.predictions["validation_logits"][:, :47].argmax(1),
            run.predictions["validation_labels"],
            47,
        )
        for run in networks
    )
    assert np.allclose(shown, 100 * counts / counts.sum(1, keepdims=True))


def test_counts_are_of_the_data():
    figure = class_counts_of(dataset_of(("a", "b", "c")))
    assert [text.get_text() for text in figure.axes[0].texts] == ["40", "40", "40"]


def test_mappings_are_of_the_groups_of_the_data(networks):
    axes = mapping_of(networks[0], grouped.dataset()).axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert sum("(chosen)" in label for label in labels) == 1
    assert "argmax group" in " ".join(labels)


def test_data_without_groups_have_no_mapping(write_run):
    data = dataset_of(("a", "b"))
    with pytest.raises(DataError, match="has no groups of classes"):
        mapping_of(write_run(data), data)


def test_features_are_drawn_before_and_after_training(networks):
    figure = pca_of(networks[0], grouped.dataset())
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles == ["before training", "after training"]


def test_a_run_without_an_epoch_or_an_end_is_told(write_run):
    data = dataset_of(("a", "b"))
    run = write_run(data)
    (run.folder / "metrics.jsonl").write_text("")
    (run.folder / "result.json").unlink()
    with pytest.raises(UsageError, match="has nothing to draw: no epoch has ended"):
        curves_of([run])
    with pytest.raises(UsageError, match="has no predictions of validation"):
        confusion_of([run], data)
