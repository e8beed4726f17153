from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.study.small import study
from thumblab.study import Question, Seeds, Study
from thumblab.study.judging import judge_results
from thumblab.study.study import Arm
from thumblab.verdict import judge, judge_factors

RNG = np.random.default_rng(0)
HITS = {name: RNG.random((3, 400)) < share for name, share in (("plain", 0.6), ("longer", 0.9))}


def found(wanted: Study, **more: Any) -> Any:
    return SimpleNamespace(**({"study": wanted, "hits": HITS, "seeds": 3} | more))


def test_the_question_is_what_is_asked_of_the_hits() -> None:
    wanted = study(question=Question(matters=5), seeds=Seeds(3))
    assert judge_results(found(wanted)) == judge(HITS, baseline="plain", matters=0.05)
    pairs = study(question=Question(against="all pairs", level=0.01), seeds=Seeds(3))
    expected = judge(HITS, baseline="plain", against="all pairs", level=0.01)
    assert judge_results(found(pairs)) == expected


def test_a_declared_look_has_its_own_level() -> None:
    judged = judge_results(found(study(seeds=Seeds(3, looks=(3, 5, 8)))))
    assert judged.level_here == pytest.approx(0.02, abs=2e-4)


def test_factors_are_judged_by_their_levels() -> None:
    base = study().base
    arms, design, hits = [], {}, {}
    for epochs in (1, 2):
        for batch in (32, 64):
            name = f"{epochs} {batch}"
            levels = (str(epochs), str(batch))
            arms.append(
                Arm(name, type(base)(base.data, base.model, epochs=epochs, batch=batch), (), levels)
            )
            design[name] = dict(zip(("epochs", "batch"), levels, strict=True))
            hits[name] = RNG.random((3, 300)) < 0.4 + 0.2 * epochs
    wanted = study(
        arms=tuple(arms),
        factors=(("epochs", ("1", "2")), ("batch", ("32", "64"))),
        question=Question(against="factors"),
        seeds=Seeds(3),
    )
    judged = judge_results(found(wanted, hits=hits))
    assert judged == judge_factors(hits, design, baseline="1 32")
    assert judged.comparisons[0].word == "better"


def test_macro_f1_is_judged_on_guesses() -> None:
    labels = np.repeat(np.arange(4), 100)
    guesses = {
        name: np.where(RNG.random((3, 400)) < share, labels, (labels + 1) % 4)
        for name, share in (("plain", 0.6), ("longer", 0.9))
    }
    wanted = study(question=Question(metric="macro_f1"), seeds=Seeds(3))
    judged = judge_results(found(wanted, labels=labels, guesses=guesses))
    assert judged.arms["longer"].word == "better"
    assert judged.arms["longer"].mean == pytest.approx(0.9, abs=0.03)
