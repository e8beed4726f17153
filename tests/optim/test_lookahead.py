import numpy as np
import pytest

from tests.optim.moved import Moved, gradients
from thumblab.core.errors import UsageError
from thumblab.optim import SGD, Adam, Lookahead

EXAMPLES = [Lookahead(), Lookahead(Adam(), every=1), Lookahead(SGD(), every=3, share=1.0)]


def test_the_slow_weights_go_half_way_at_every_second_step() -> None:
    start = Moved(SGD()).flat
    plain = [Moved(SGD()).run(gradients(n)).flat for n in (1, 2)]
    once = Moved(Lookahead(SGD(), every=2)).run(gradients(1))
    np.testing.assert_array_equal(once.flat, plain[0])
    np.testing.assert_array_equal(once.slots["slow"], start)
    twice = Moved(Lookahead(SGD(), every=2)).run(gradients(2))
    np.testing.assert_allclose(twice.flat, (start + plain[1]) / 2, rtol=1e-13)
    np.testing.assert_array_equal(twice.flat, twice.slots["slow"])


@pytest.mark.parametrize("wrong", [{"every": 0}, {"share": 0.0}, {"share": 1.1}])
def test_wrong_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"every must be at least 1 and share in \(0, 1\]"):
        Lookahead(SGD(), **wrong)  # type: ignore[arg-type]
