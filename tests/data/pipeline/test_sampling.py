import numpy as np
import pytest
from tests.kinds import kinds

import thumblab.data as td
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.data.pipeline.sampling import order

EXAMPLES = [td.Uniform(), td.Balanced(), td.Balanced(power=0.5)]
CASES = pytest.mark.parametrize("sampling", EXAMPLES, ids=repr)
LABELS = np.random.default_rng(0).permutation(np.repeat([0, 1, 3], [10, 90, 900]))


def test_every_sampling_has_an_example() -> None:
    ours = {kind for kind in kinds(td.Sampling) if kind.__module__.startswith("thumblab.")}
    assert ours == {type(example) for example in EXAMPLES}
    assert all(getattr(td, kind.__name__) is kind for kind in ours)


@CASES
def test_an_epoch_is_as_long_as_the_data_and_has_an_order_of_its_own(sampling) -> None:
    orders = [order(sampling, LABELS, seed, epoch) for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    for rows in orders:
        assert rows.shape == (1000,)
        assert rows.min() >= 0
        assert rows.max() < 1000
    assert (orders[0] != orders[1]).mean() > 0.9
    assert (orders[0] != orders[2]).mean() > 0.9
    assert (order(sampling, LABELS, 0, 0) == orders[0]).all()


@CASES
def test_value_survives_json(sampling) -> None:
    assert from_dict(to_dict(sampling)) == sampling


def test_uniform_takes_every_sample_once() -> None:
    assert (np.sort(order(td.Uniform(), LABELS, 0, 5)) == np.arange(1000)).all()


@pytest.mark.parametrize(
    ("power", "shares"),
    [
        (0.0, [1 / 3, 1 / 3, 0, 1 / 3]),
        (0.5, np.sqrt([10, 90, 0, 900]) / np.sqrt([10, 90, 900]).sum()),
        (1.0, [0.01, 0.09, 0, 0.9]),
    ],
)
def test_balanced_draws_classes_by_a_power_of_their_size(power, shares) -> None:
    rows = np.concatenate([order(td.Balanced(power), LABELS, 0, e) for e in range(20)])
    found = np.bincount(LABELS[rows], minlength=4) / len(rows)
    np.testing.assert_allclose(found, shares, atol=0.02)


def test_balanced_draws_the_images_of_a_class_alike() -> None:
    rows = np.concatenate([order(td.Balanced(), LABELS, 0, e) for e in range(20)])
    counts = np.bincount(rows, minlength=1000)[LABELS == 0]
    assert counts.min() > 500  # of 667 in the mean
    assert counts.max() < 850


def test_wrong_use_is_refused() -> None:
    for power in (-0.1, 1.1, float("nan")):
        with pytest.raises(UsageError, match=r"power is .*; give a number from 0 to 1"):
            td.Balanced(power)
    with pytest.raises(MissingRuleError, match="no rule for Sampling; register one with @order"):
        order(td.Sampling(), LABELS, 0, 0)
