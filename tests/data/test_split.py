import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.core.errors import UsageError
from thumblab.data import subset, validation_split

LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(np.array)
SHARES = st.floats(0, 1, exclude_max=True)


@given(LABELS, SHARES, st.integers(0, 3))
def test_parts_are_disjoint_complete_and_sorted(labels, share, seed) -> None:
    train, held = validation_split(labels, share, seed)
    assert sorted([*train, *held]) == list(range(len(labels)))
    assert (np.diff(train) > 0).all()
    assert (np.diff(held) > 0).all()
    assert train.dtype == held.dtype == np.int64


@given(LABELS, SHARES)
def test_no_class_loses_its_last_training_row(labels, share) -> None:
    train, _ = validation_split(labels, share, 0)
    assert set(labels[train]) == set(labels)


@given(LABELS, st.floats(0, 0.5))
def test_each_class_gives_its_share_to_within_one(labels, share) -> None:
    _, held = validation_split(labels, share, 0)
    counts = np.bincount(labels)
    ideal = np.minimum(round(share * len(labels)) * counts / len(labels), np.maximum(counts - 1, 0))
    room = counts.sum() - np.count_nonzero(counts)
    assert len(held) == min(round(share * len(labels)), room)
    if (counts[counts > 0] > 2).all():
        given_ = np.bincount(labels[held], minlength=len(counts))
        assert (np.abs(given_ - ideal) <= 1 + 1e-9).all()


def test_ten_classes_of_hundred_give_ten_each() -> None:
    labels = np.repeat(np.arange(10), 100)
    _, held = validation_split(labels, 0.1, 3)
    assert np.bincount(labels[held]).tolist() == [10] * 10


def test_seed_decides() -> None:
    labels = np.repeat(np.arange(4), 50)
    first, second, third = (validation_split(labels, 0.2, seed)[1] for seed in (1, 1, 2))
    assert (first == second).all()
    assert not np.array_equal(first, third)


@given(LABELS, SHARES, st.data())
def test_twins_stay_on_one_side(labels, share, data) -> None:
    size = {"min_size": len(labels), "max_size": len(labels)}
    duplicate_groups = np.array(data.draw(st.lists(st.integers(0, 9), **size)))
    train, held = validation_split(labels, share, 0, duplicate_groups)
    assert not set(duplicate_groups[train]) & set(duplicate_groups[held])
    assert sorted([*train, *held]) == list(range(len(labels)))
    assert set(labels[train]) == set(labels)
    assert len(held) <= round(share * len(labels))


def test_rows_without_twins_are_chosen_as_if_there_were_none() -> None:
    labels = np.repeat(np.arange(3), 20)
    alone = validation_split(labels, 0.25, 5)
    apart = validation_split(labels, 0.25, 5, np.arange(60)[::-1])
    assert all(np.array_equal(a, b) for a, b in zip(alone, apart, strict=True))


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_share_out_of_range_is_refused(share) -> None:
    with pytest.raises(
        UsageError, match=r"validation share is .*; give a fraction from 0 to below"
    ):
        validation_split(np.array([0, 1]), share, 0)


def test_twins_of_another_length_are_refused() -> None:
    with pytest.raises(UsageError, match=r"duplicates has shape \(1,\), labels \(2,\)"):
        validation_split(np.array([0, 1]), 0.5, 0, np.array([0]))


@given(LABELS, st.data())
def test_subset_keeps_proportions_and_classes(labels, data) -> None:
    count = data.draw(st.integers(1, len(labels)))
    rows = subset(labels, count, 0)
    assert len(rows) == count
    assert (np.diff(rows) > 0).all()
    if count >= len(set(labels)):
        assert set(labels[rows]) == set(labels)


@pytest.mark.parametrize("count", [0, 3, -1])
def test_subset_out_of_range_is_refused(count) -> None:
    with pytest.raises(UsageError, match=f"subset of {count} samples; give 1 to 2"):
        subset(np.array([0, 1]), count, 0)
