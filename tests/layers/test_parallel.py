import pytest

from thumblab.core.errors import ShapeError
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Identity,
    MaxPool,
    Parallel,
    ReLU,
    Sequential,
    residual,
)

IMAGE = (4, 6, 6)
EXAMPLES = [
    (residual(Sequential(Conv(8), BatchNorm()), Conv(8, kernel=1)), IMAGE),
    (residual(Sequential(Conv(4), ReLU())), (4, 5, 7)),
    (Parallel(Conv(2), Identity(), MaxPool(1), merge="concat"), IMAGE),
    (Parallel(Dense(3), Dense(3)), (12,)),
    (Parallel(Dense(3), Dense(5), merge="concat"), (12,)),
]


def test_branches_have_to_agree() -> None:
    with pytest.raises(ShapeError, match="give the shortcut a 1x1 Conv"):
        residual(Conv(8)).out_shape(IMAGE)
    with pytest.raises(ShapeError, match="merge 'add' or 'concat', not 'multiply'"):
        Parallel(Identity(), merge="multiply")  # type: ignore[arg-type]
