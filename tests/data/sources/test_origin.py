import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.data import Arrays, Characters, Dataset, Mnist, Split, check_origin, read


def test_what_was_read_elsewhere_is_refused() -> None:
    with pytest.raises(UsageError, match=r"is on Mnist\(\), .* was read from Characters\(\); give"):
        check_origin(read(Characters()), Mnist())


def test_the_same_arrays_are_the_same_wherever_they_come_from() -> None:
    part = Split(np.zeros((2, 3), np.float32), np.arange(2))
    mine = Dataset("mine", part, None, ("a", "b"))
    check_origin(mine, Arrays.of(Dataset("same", part, None, ("a", "b"))))
