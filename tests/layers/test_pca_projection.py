import numpy as np
import pytest
from sklearn.decomposition import PCA

from thumblab.core.errors import ShapeError
from thumblab.core.rules import prepare
from thumblab.layers import PCAProjection

EXAMPLES = [(PCAProjection(3), (5,)), (PCAProjection(5), (5,))]


def test_axes_are_those_of_scikit_learn_up_to_signs() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 6)) * [5, 1, 3, 0.2, 2, 4] + 7
    found, theirs = prepare(PCAProjection(3), x), PCA(3).fit(x)
    np.testing.assert_allclose(found["mean"], theirs.mean_)
    alike = np.abs((found["components"] * theirs.components_).sum(1))
    np.testing.assert_allclose(alike, 1, rtol=1e-9)
    largest = np.abs(found["components"]).argmax(1)
    assert (found["components"][np.arange(3), largest] > 0).all()


def test_axes_that_samples_do_not_vary_along_are_0() -> None:
    x = np.random.default_rng(0).standard_normal((4, 6)).astype("f4")
    components = prepare(PCAProjection(6), x)["components"]
    np.testing.assert_allclose(components[:3] @ components[:3].T, np.eye(3), atol=1e-9)
    assert not components[3:].any()


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match=r"keeps more axes than there are features, 4; keep fewer"):
        PCAProjection(5).out_shape((4,))
    with pytest.raises(ShapeError, match=r"was given \(3, 2, 2\); put Flatten\(\) before it"):
        PCAProjection(5).out_shape((3, 2, 2))
    with pytest.raises(ShapeError, match="keeps at least 1 axis"):
        PCAProjection(0)
