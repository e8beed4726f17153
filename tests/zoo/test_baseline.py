from thumblab import zoo
from thumblab.core.summary import summary


def test_parameters_and_shapes_are_those_of_report_r0() -> None:
    found = summary(zoo.baseline_cnn(100), (3, 32, 32))
    assert found.parameters == found.trainable_parameters == 1_105_476
    shapes = [row.shape for row in found.rows]
    printed = [(16, 32, 32), (16, 16, 16), (32, 16, 16), (32, 8, 8), (2048,), (512,), (100,)]
    assert [shape for i, shape in enumerate(shapes) if i not in (1, 4, 8)] == printed
