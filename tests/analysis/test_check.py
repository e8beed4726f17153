from __future__ import annotations

import numpy as np
import pytest

from thumblab.analysis.check import check_guesses, check_logits


def test_lengths_that_differ_are_told() -> None:
    with pytest.raises(
        ValueError,
        match=r"^guesses have shape \(3,\) and labels \(2,\); give both \(n,\), "
        r"one for each of at least one sample$",
    ):
        check_guesses(np.zeros(3, int), np.zeros(2, int))


def test_no_sample_is_told() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        check_guesses(np.zeros(0, int), np.zeros(0, int))


def test_labels_that_are_no_indices_are_told() -> None:
    with pytest.raises(ValueError, match=r"^labels are float64; give integer class indices$"):
        check_guesses(np.zeros(2, int), np.zeros(2))


def test_indices_out_of_range_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"^guesses run from 0 to 3; give class indices from 0 to 3 - 1$"
    ):
        check_guesses(np.array([0, 3]), np.array([0, 1]), 3)
    with pytest.raises(ValueError, match=r"^labels run from -1 to 1; .* 0 to classes - 1$"):
        check_guesses(np.array([0, 1]), np.array([-1, 1]))


def test_logits_of_a_wrong_shape_are_told() -> None:
    with pytest.raises(
        ValueError,
        match=r"^logits have shape \(2,\) and labels \(2,\); give \(n, classes\) and \(n,\), "
        "of at least one sample and one class$",
    ):
        check_logits(np.zeros(2), np.zeros(2, int))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_logits_that_are_not_finite_are_told(bad: float) -> None:
    with pytest.raises(ValueError, match=r"^logits hold NaN or infinity; the network that wrote"):
        check_logits(np.array([[0.0, bad]]), np.array([0]))
