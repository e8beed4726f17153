"""What every mapping obeys, and the folds in which it is scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.model_selection import KFold

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import Case, random_case
from thumblab.analysis import mappings
from thumblab.analysis.mappings import GroupSum, Mapping, ValidationWeighted, cross_fitted, fitted
from thumblab.analysis.mappings.mapping import membership
from thumblab.core.errors import MissingRuleError
from thumblab.core.value import from_dict, to_dict

ALL = [
    kind()
    for kind in vars(mappings).values()
    if isinstance(kind, type) and issubclass(kind, Mapping) and kind is not Mapping
]
every = pytest.mark.parametrize("mapping", ALL, ids=lambda mapping: type(mapping).__name__)


def scores(mapping: Mapping, logits: Array, labels: Array) -> Array:
    groups = groups_of(logits.shape[1])
    return fitted(mapping, logits, labels, groups)(logits)


def held_out(logits: Array, labels: Array) -> Array:
    """Coarse guesses of ``ValidationWeighted`` by loops over scikit-learn's folds."""
    groups, guesses = groups_of(logits.shape[1]), np.zeros(len(labels), int)
    for rest, held in KFold(min(5, len(labels)), shuffle=True, random_state=0).split(logits):
        recall = np.full(len(groups), np.mean(logits[rest].argmax(1) == labels[rest]))
        for label in set(labels[rest].tolist()):
            rows = rest[labels[rest] == label]
            recall[label] = np.mean(logits[rows].argmax(1) == label)
        chances = np.exp(logits[held] - logits[held].max(1, keepdims=True))
        chances = recall * chances / chances.sum(1, keepdims=True)
        guesses[held] = [
            np.argmax([row[groups == group].sum() for group in range(groups.max() + 1)])
            for row in chances
        ]
    return guesses


COMPARISONS = [
    Comparison(
        "membership",
        membership,
        lambda groups: np.stack([groups == g for g in range(groups.max() + 1)], 1),
        tuple((np.array(groups),) for groups in ([0, 1, 0], [2, 0, 2], [0])),
    ),
    Comparison(
        "cross_fitted",
        lambda logits, labels: cross_fitted(
            ValidationWeighted(), logits, labels, groups_of(logits.shape[1])
        ),
        held_out,
        (random_case(0, 200, 6), random_case(1, 3, 4), random_case(2, 12, 9)),
    ),
]


@every
def test_scores_are_finite_one_a_group(mapping: Mapping, case: Case) -> None:
    found = scores(mapping, *case)
    assert found.shape == (len(case[1]), groups_of(case[0].shape[1]).max() + 1)
    assert np.isfinite(found).all()
    assert found.min() >= 0


@every
def test_it_says_what_it_is(mapping: Mapping) -> None:
    assert from_dict(to_dict(mapping)) == mapping
    assert "Source: " in (type(mapping).__doc__ or "")


@every
def test_groups_of_one_class_each_leave_a_sure_guess(mapping: Mapping) -> None:
    logits, labels = 20 * np.eye(5)[np.arange(50) % 5], np.arange(50) % 5
    found = fitted(mapping, logits, labels, np.arange(5))(logits)
    np.testing.assert_array_equal(found.argmax(1), labels)


@every
def test_names_of_classes_and_groups_do_not_matter(mapping: Mapping) -> None:
    logits, labels = random_case(0, 300, 6)
    groups = groups_of(6)
    expected = fitted(mapping, logits, labels, groups)(logits).argmax(1)
    turn, back = np.array([4, 2, 0, 5, 1, 3]), np.array([2, 0, 1])
    new = np.empty(6, int)
    new[turn] = back[groups]  # class c is now called turn[c], its group back[g]
    found = fitted(mapping, logits[:, np.argsort(turn)], turn[labels], new)
    agreeing = np.mean(found(logits[:, np.argsort(turn)]).argmax(1) == back[expected])
    assert agreeing > 0.99  # a fit that stops early may stop elsewhere


@every
def test_a_constant_for_each_sample_changes_nothing(mapping: Mapping) -> None:
    logits, labels = random_case(1, 200, 6)
    found = fitted(mapping, logits, labels, groups_of(6))
    np.testing.assert_allclose(found(logits + np.arange(200)[:, None]), found(logits), atol=1e-9)


@every
def test_it_reads_images_it_was_not_fitted_to(mapping: Mapping) -> None:
    logits, labels = random_case(2, 400, 6)
    groups = groups_of(6)
    found = fitted(mapping, logits[:300], labels[:300], groups)(logits[300:]).argmax(1)
    assert np.mean(found == groups[labels[300:]]) > 0.6


@every
def test_more_logits_than_groups_are_told(mapping: Mapping) -> None:
    with pytest.raises(ValueError, match=r"^groups have shape \(2,\) but logits \(1, 3\); give a"):
        fitted(mapping, np.zeros((1, 3)), np.array([0]), np.array([0, 1]))


@every
def test_folds_judge_a_rule_by_images_it_has_not_seen(mapping: Mapping) -> None:
    logits = np.random.default_rng(0).standard_normal((300, 6))
    labels = np.random.default_rng(1).integers(0, 6, 300)  # nothing to learn
    groups = groups_of(6)
    found = cross_fitted(mapping, logits, labels, groups)
    assert abs(np.mean(found == groups[labels]) - 1 / 3) < 0.1
    np.testing.assert_array_equal(found, cross_fitted(mapping, logits, labels, groups))


def test_a_rule_with_nothing_to_fit_guesses_the_same_in_folds() -> None:
    logits, labels = random_case(3, 100, 6)
    whole = scores(GroupSum(), logits, labels).argmax(1)
    np.testing.assert_array_equal(cross_fitted(GroupSum(), logits, labels, groups_of(6)), whole)


def test_one_image_cannot_be_dealt_out() -> None:
    with pytest.raises(ValueError, match=r"^1 images in 5 folds; give at least two of both$"):
        cross_fitted(GroupSum(), np.zeros((1, 2)), np.array([0]), np.array([0, 1]))


def test_a_mapping_without_a_rule_is_told() -> None:
    @dataclass(frozen=True)
    class Mine(Mapping):
        pass

    with pytest.raises(MissingRuleError, match=r"^Mine has no rule; write one with @fitted.regist"):
        fitted(Mine(), np.zeros((1, 2)), np.array([0]), np.array([0, 1]))
