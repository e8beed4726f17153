import pytest

from thumblab.core.errors import ShapeError
from thumblab.core.summary import summary
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, ReLU, Sequential, residual

MODEL = Sequential(Conv(4), BatchNorm(), residual(ReLU()), MaxPool(2), Flatten(), Dense(2))


def test_rows_and_sums_by_hand() -> None:
    found = summary(MODEL, (3, 8, 8))
    assert [(row.path, row.shape, row.parameters) for row in found.rows] == [
        ("0", (4, 8, 8), 4 * 3 * 9 + 4),
        ("1", (4, 8, 8), 16),
        ("2.0", (4, 8, 8), 0),
        ("2.1", (4, 8, 8), 0),
        ("3", (4, 4, 4), 0),
        ("4", (64,), 0),
        ("5", (2,), 130),
    ]
    assert found.parameters == 112 + 16 + 130
    assert found.trainable_parameters == 112 + 8 + 130
    assert found.flops == 2 * (64 * 4 * 27 + 64 * 2)


def test_the_table_has_a_line_a_leaf_and_a_total() -> None:
    lines = str(summary(MODEL, (3, 8, 8))).splitlines()
    assert lines[0].split() == ["path", "layer", "output", "parameters", "MFLOP"]
    assert len(lines) == 7 + 2
    assert lines[1].split()[-3:] == ["4x8x8", "112", "0.01"]
    assert lines[-1].split() == ["total", "258", "0.01"]
    assert not any(line.endswith(" ") for line in lines)


def test_layers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"put Flatten\(\) before it"):
        summary(Sequential(Conv(4), Dense(2)), (3, 8, 8))
