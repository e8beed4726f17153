"""Features seen from where they spread most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_features

Array = NDArray[Any]

FOR_T_SNE = 50
"""Principal components that t-SNE reads; more cost time and add noise."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Principal components of features.

    Attributes:
        points: Features along the first components, centered, float64 ``(n, components)``.
        explained: Share of the variance along each component, in ``[0, 1]``, descending; what a scree
            plot shows. All 0 where the features do not vary.
        axes: The components, of unit length ``(components, features)``; the largest entry of each is
            above 0.
        center: Mean of the features ``(features,)``.
    """

    points: Array
    explained: Array
    axes: Array
    center: Array


def principal_components(features: Array, *, components: int = 10) -> Projection:
    """The directions in which features vary most, and the features along them.

    Args:
        features: ``(n, ...)``; flattened to ``(n, features)``.
        components: How many; fewer where there are fewer samples or features.

    Raises:
        ValueError: If there is no sample or feature, or one is not finite.

    Example:
        >>> found = principal_components(np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]]))
        >>> found.points[:, 0], found.explained
        (array([-2.,  0.,  2.]), array([1., 0.]))

    Source: Pearson 1901, doi:10.1080/14786440109462720, by scikit-learn; the sign rule is ours.
    """
    from sklearn.decomposition import PCA

    rows = check_features(features)
    count = min(components, *rows.shape)
    center = rows.mean(0)
    if not np.ptp(rows, axis=0).any():
        return Projection(
            np.zeros((len(rows), count)), np.zeros(count), np.eye(count, rows.shape[1]), center
        )
    fit = PCA(count, random_state=0).fit(rows)
    axes = fit.components_
    largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1)
    axes = axes * np.where(largest < 0, -1, 1)
    return Projection((rows - center) @ axes.T, fit.explained_variance_ratio_, axes, center)


def t_sne(features: Array, *, perplexity: float = 30.0, seed: int = 0) -> Array:
    """Two coordinates a sample in which near neighbors stay near; far distances mean nothing.

    Args:
        features: ``(n, ...)``; flattened, and reduced to 50 principal components first.
        perplexity: About how many neighbors count, above 0; less where there are fewer samples than
            three times as many.
        seed: Another seed draws another picture.

    Returns:
        float64 ``(n, 2)``.

    Raises:
        ValueError: If there are fewer than two samples, or a feature is not finite.

    Example:
        >>> t_sne(np.arange(12.0).reshape(6, 2)).shape
        (6, 2)

    Source: van der Maaten & Hinton 2008, JMLR 9, 2579-2605, by scikit-learn.
    """
    from sklearn.manifold import TSNE

    rows = check_features(features)
    if len(rows) < 2:
        raise ValueError("one sample has no neighbors; give at least two")
    points = principal_components(rows, components=FOR_T_SNE).points
    found = TSNE(
        2,
        perplexity=min(perplexity, max((len(rows) - 1) / 3, 1 / 3)),
        init="random" if points.shape[1] < 2 else "pca",
        random_state=seed,
    ).fit_transform(points)
    return np.asarray(found, np.float64)
