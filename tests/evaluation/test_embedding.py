from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.report import grouped
from thumblab.analysis import between_to_within, principal_components, silhouette
from thumblab.core.errors import DataError, UsageError
from thumblab.evaluation.embedding import embeddings, last_features, shown_part
from thumblab.evaluation.features import activations
from thumblab.experiment.experiment import parts
from thumblab.layers import Dense, Flatten, ReLU, Scale, Sequential, residual
from thumblab.runs import Run
from thumblab.training.initial_weights import initial_weights


def test_images_are_those_of_validation_in_proportion(networks: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    part = shown_part(networks[0], data, 94)
    held = parts(networks[0].experiment, data)[1]
    assert len(part) == 94
    np.testing.assert_array_equal(np.bincount(part.labels), 2)
    assert len(shown_part(networks[0], data, 10**6)) == len(held)


def test_without_validation_images_they_are_those_of_training(tmp_path, networks) -> None:  # type: ignore[no-untyped-def]
    run = grouped.trained(tmp_path, validation=0.0, epochs=1)
    assert len(shown_part(run, grouped.dataset(), 10**6)) == len(grouped.dataset().train)


def test_other_data_are_refused(networks: tuple[Run, Run]) -> None:
    other = replace(grouped.dataset(), group_names=("a", "b", "c"))
    with pytest.raises(DataError, match=r"was trained on other data than the few found"):
        shown_part(networks[0], other, 10)


def test_features_before_and_after_training(networks: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    part = shown_part(networks[0], data, 94)
    found = list(embeddings(networks, data, part))
    assert [(each.run, each.trained) for each in found] == [
        (str(run.folder), trained) for run in networks for trained in (False, True)
    ]
    for each in found:
        assert each.layer == "2"
        assert each.features.shape == (94, 24)
        projection = principal_components(each.features)
        np.testing.assert_array_equal(each.points, projection.points)
        np.testing.assert_array_equal(each.explained, projection.explained)
        assert each.silhouette == silhouette(each.features, part.labels)
        assert each.between_to_within == between_to_within(each.features, part.labels)
        assert each.neighbors is None
    before, after = found[:2]
    assert not np.allclose(before.features, after.features)
    drawn = initial_weights(networks[0].experiment, data)
    _, about = networks[0].trained()
    again = activations(networks[0].experiment.model, drawn, about, part.images, "2")
    np.testing.assert_allclose(before.features, again, atol=1e-6)


def test_t_sne_comes_if_it_is_asked_for(networks: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    part = shown_part(networks[0], data, 47)
    found = next(embeddings(networks[:1], data, part, neighbors=True))
    assert found.neighbors is not None
    assert found.neighbors.shape == (47, 2)


def test_any_layer_or_part_can_be_named(networks: tuple[Run, Run]) -> None:
    data = grouped.dataset()
    part = shown_part(networks[0], data, 47)
    shapes = {
        layer: next(embeddings(networks[:1], data, part, layer)).features.shape[1:]
        for layer in ("0", "0.1", "0.2", "3")
    }
    assert shapes == {"0": (196,), "0.1": (4, 14, 14), "0.2": (4, 7, 7), "3": (47,)}
    with pytest.raises(UsageError, match="there is no layer at '9'"):
        list(embeddings(networks[:1], data, part, "9"))


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Sequential(Flatten(), Dense(3)), "0"),
        (Sequential(Flatten(), Dense(9), ReLU(), Dense(3), Scale(0.1)), "2"),
        (Sequential(Flatten(), Sequential(Dense(9), ReLU()), Sequential(Dense(3))), "1"),
        (Sequential(Flatten(), Sequential(Dense(9), Dense(3))), "1.0"),
        (Sequential(Flatten(), residual(Dense(9)), Dense(3)), "1"),
    ],
)
def test_features_are_what_the_last_dense_layer_reads(model: Sequential, path: str) -> None:
    assert last_features(model) == path


@pytest.mark.parametrize("model", [Sequential(Dense(3)), Sequential(Flatten()), Dense(3)])
def test_a_network_without_such_a_layer_is_told(model: Sequential) -> None:
    with pytest.raises(UsageError, match="has no layer before a last Dense; name the layer"):
        last_features(model)
