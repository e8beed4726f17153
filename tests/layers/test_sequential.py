from thumblab.core.layer import walk
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, ReLU, Sequential, residual

IMAGE = (4, 6, 6)
EXAMPLES = [
    (Sequential(Conv(4), BatchNorm(), ReLU(), Flatten(), Dense(3)), IMAGE),
    (
        Sequential(Conv(4), ReLU(), BatchNorm(), MaxPool(3, 2, "same"), Flatten(), Dense(3)),
        (3, 7, 9),
    ),
    (Sequential(), IMAGE),
]


def test_paths_name_leaves() -> None:
    model = Sequential(Conv(4), residual(BatchNorm()))
    assert [path for path, *_ in walk(model, IMAGE)] == ["0.", "1.0.", "1.1."]


def test_it_prints_as_it_is_written() -> None:
    assert repr(Sequential(ReLU(), Flatten())) == "Sequential(ReLU(), Flatten())"
