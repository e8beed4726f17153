import pytest

from tests.zoo.test_vit import assert_gradients_agree
from thumblab import zoo
from thumblab.core.errors import ShapeError, UsageError
from thumblab.core.summary import summary


def test_parameters_are_the_authors() -> None:
    assert summary(zoo.wavemix_lite(10, 64, 6), (3, 32, 32)).trainable_parameters == 520_106
    assert summary(zoo.wavemix_lite(10), (3, 32, 32)).trainable_parameters == 2_404_970


def test_report_r2_counts_bytes() -> None:
    trained = summary(zoo.wavemix_lite(47), (1, 28, 28)).trainable_parameters
    assert trained == 2_408_591
    assert round(4 * trained / 1e6, 1) == 9.6


def test_errors_say_what_fits() -> None:
    with pytest.raises(UsageError, match="cannot be quartered; give a multiple of 4"):
        zoo.wavemix_lite(10, width=6)
    with pytest.raises(UsageError, match=r"depth=-1\) has no block"):
        zoo.wavemix_lite(10, depth=-1)
    with pytest.raises(ShapeError, match="HaarTransform needs even sides"):
        zoo.wavemix_lite(10).out_shape((3, 31, 32))


def test_gradients_agree_with_torch() -> None:
    assert_gradients_agree(zoo.wavemix_lite(3, 8, 2, dropout=0), (3, 8, 6))
