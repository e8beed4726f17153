"""A study's results, judged as its question asks."""

from __future__ import annotations

import numpy as np

from thumblab.analysis import macro_f1_contributions
from thumblab.study.results import Results
from thumblab.study.study import Study
from thumblab.verdict import Verdict, judge, judge_factors, judge_scores


def judge_results(found: Results) -> Verdict:
    """The verdict on the hits, or the guesses, of a study's runs.

    Raises:
        ValueError: If the number of seeds is no look that was declared.
    """
    study, asked = found.study, found.study.question
    matters = None if asked.matters is None else asked.matters / 100
    if asked.metric == "macro_f1":
        return _judge_macro_f1(found, matters)
    if asked.against == "factors":
        return judge_factors(
            found.hits,
            _design(study),
            baseline=study.baseline,
            matters=matters,
            level=asked.level,
            looks=study.seeds.looks,
        )
    return judge(
        found.hits,
        baseline=study.baseline,
        matters=matters,
        level=asked.level,
        against=asked.against,
        looks=study.seeds.looks,
    )


def _design(study: Study) -> dict[str, dict[str, str]]:
    """For each arm the level of each factor."""
    names = [name for name, _ in study.factors]
    return {arm.name: dict(zip(names, arm.levels, strict=True)) for arm in study.each}


def _judge_macro_f1(found: Results, matters: float | None) -> Verdict:
    from sklearn.metrics import f1_score

    study, asked, labels = found.study, found.study.question, found.labels
    scores, contributions = {}, {}
    for name, guesses in found.guesses.items():
        each = [f1_score(labels, row, average="macro", zero_division=0.0) for row in guesses]
        scores[name] = np.array(each)
        contributions[name] = np.stack([macro_f1_contributions(row, labels) for row in guesses])
    return judge_scores(
        scores,
        contributions,
        baseline=study.baseline,
        matters=matters,
        level=asked.level,
        against="baseline" if asked.against == "factors" else asked.against,
        looks=study.seeds.looks,
        design=_design(study) if asked.against == "factors" else None,
    )
