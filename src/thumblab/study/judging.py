"""A study's results, judged as its question asks."""

from __future__ import annotations

import numpy as np

from thumblab.analysis import macro_f1_contributions
from thumblab.study.results import Results
from thumblab.verdict import Verdict, judge, judge_factors, judge_scores


def judge_results(found: Results) -> Verdict:
    """The verdict on the hits, or the guesses, of a study's runs.

    Raises:
        UsageError: If the number of seeds is no look that was declared.
    """
    study, question = found.study, found.study.question
    matters = None if question.matters is None else question.matters / 100
    if question.metric == "macro_f1":
        return _judge_macro_f1(found, matters)
    if question.against == "factors":
        names = [name for name, _ in study.factors]
        return judge_factors(
            found.hits,
            {arm.name: dict(zip(names, arm.levels, strict=True)) for arm in study.each},
            baseline=study.baseline,
            matters=matters,
            level=question.level,
            looks=study.seeds.looks,
        )
    return judge(
        found.hits,
        baseline=study.baseline,
        matters=matters,
        level=question.level,
        against=question.against,
        looks=study.seeds.looks,
    )


def _judge_macro_f1(found: Results, matters: float | None) -> Verdict:
    from sklearn.metrics import f1_score

    labels = found.labels
    scores, contributions = {}, {}
    for name, guesses in found.guesses.items():
        each = [f1_score(labels, row, average="macro", zero_division=0.0) for row in guesses]
        scores[name] = np.array(each)
        contributions[name] = np.stack([macro_f1_contributions(row, labels) for row in guesses])
    return judge_scores(
        scores,
        contributions,
        baseline=found.study.baseline,
        matters=matters,
        level=found.study.question.level,
    )
