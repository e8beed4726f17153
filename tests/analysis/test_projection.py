from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import principal_components, t_sne

DRAW = np.random.default_rng(0)
CASES = tuple(
    (features,)
    for features in (
        DRAW.standard_normal((40, 6)) * [5, 4, 3, 2, 1, 0],
        DRAW.standard_normal((5, 30)),
        DRAW.standard_normal((20, 2, 3, 3)),
        np.arange(8.0).reshape(4, 2),
    )
)


def by_covariance(features: Array) -> list[Any]:
    """As report R4 computed it: center, covariance, eigenvectors of the largest eigenvalues."""
    rows = features.reshape(len(features), -1)
    centered = rows - rows.mean(0)
    values, vectors = np.linalg.eigh(centered.T @ centered / (len(rows) - 1))
    count = min(10, *rows.shape)
    points = centered @ vectors[:, ::-1][:, :count]
    return [*np.abs(points).ravel(), *(values[::-1] / values.sum())[:count]]


def told(features: Array) -> list[Any]:
    found = principal_components(features)
    return [*np.abs(found.points).ravel(), *found.explained]


COMPARISONS = [Comparison("principal_components", told, by_covariance, CASES, atol=1e-8)]


@pytest.mark.parametrize("features", [case[0] for case in CASES])
def test_shares_and_axes_are_scikit_learns(features: Array) -> None:
    rows = features.reshape(len(features), -1)
    found, fit = principal_components(features, components=3), PCA(min(3, *rows.shape)).fit(rows)
    np.testing.assert_allclose(found.explained, fit.explained_variance_ratio_, atol=1e-12)
    overlap = np.abs((found.axes * fit.components_).sum(1))
    kept = found.explained > 1e-12
    np.testing.assert_allclose(overlap[kept], 1)
    np.testing.assert_allclose(found.center, rows.mean(0))


def test_the_largest_entry_of_an_axis_is_above_0() -> None:
    axes = principal_components(CASES[0][0]).axes
    assert (np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1) > 0).all()
    turned = principal_components(-CASES[0][0])
    np.testing.assert_allclose(turned.points, -principal_components(CASES[0][0]).points, atol=1e-9)


def test_features_that_do_not_vary_explain_nothing() -> None:
    for features in (np.ones((5, 3)), np.ones((1, 3))):
        found = principal_components(features, components=2)
        assert not found.points.any()
        assert not found.explained.any()


def test_t_sne_keeps_neighbors() -> None:
    features = np.repeat(np.eye(3) * 20, 15, 0) + DRAW.standard_normal((45, 3))
    points = t_sne(features, perplexity=10)
    assert points.shape == (45, 2)
    assert trustworthiness(features, points) > 0.9
    np.testing.assert_array_equal(points, t_sne(features, perplexity=10))


@pytest.mark.parametrize("shape", [(2, 5), (3, 1), (5, 2)])
def test_t_sne_of_few_samples(shape: tuple[int, int]) -> None:
    assert np.isfinite(t_sne(DRAW.standard_normal(shape))).all()


def test_what_is_no_features_is_told() -> None:
    with pytest.raises(ValueError, match=r"^features have shape \(3,\); give \(n, features\) or"):
        principal_components(np.zeros(3))
    with pytest.raises(ValueError, match=r"^features hold NaN or infinity; the network that made"):
        principal_components(np.array([[np.nan]]))
    with pytest.raises(ValueError, match=r"^one sample has no neighbors; give at least two$"):
        t_sne(np.zeros((1, 2)))
