from dataclasses import dataclass

import pytest

from thumblab.core.errors import UsageError
from thumblab.optim import Constant, Cosine, OneCycle, Schedule, Step, Warmup, learning_rate_at

EXAMPLES = [
    Constant(0.3),
    Step(0.3),
    Step(1.0, milestones=(0.3, 0.6, 0.9), factor=0.5),
    Cosine(0.3),
    Cosine(0.3, final=0.01),
    OneCycle(0.4, final=0.05),
    OneCycle(1.0, warmup=0.5, start=0.2, final=0.001),
    Warmup(0.3, warmup=0.1),
    Warmup(0.3, warmup=0.25, after=Cosine(0.3, final=0.1)),
]


def test_a_number_is_its_own_schedule() -> None:
    assert [learning_rate_at(0.2, step, 3) for step in range(3)] == [0.2, 0.2, 0.2]


def test_rates_by_hand() -> None:
    found = {
        Step(1.0): [1, 1, 0.1, 0.01],
        Cosine(1.0): [1, 0.8535533905932737, 0.5, 0.14644660940672627],
        OneCycle(1.0, warmup=0.5, start=0.0): [0, 0.5, 1, 0.5],
        Warmup(1.0, warmup=0.5, after=Constant()): [0.5, 1, 1, 1],
        Warmup(1.0, warmup=0.0): [1, 0.8535533905932737, 0.5, 0.14644660940672627],
    }
    for schedule, learning_rates in found.items():
        assert [learning_rate_at(schedule, step, 4) for step in range(4)] == pytest.approx(
            learning_rates
        )


def test_what_follows_a_warmup_takes_its_peak() -> None:
    assert learning_rate_at(Warmup(0.4, warmup=0.5, after=Constant(99.0)), 3, 4) == 0.4


@pytest.mark.parametrize("kind", [Constant, Step, Cosine, OneCycle, Warmup])
def test_no_schedule_has_a_negative_peak(kind: type[Schedule]) -> None:
    with pytest.raises(UsageError, match="max_lr must be at least 0"):
        kind(-0.1)
    with pytest.raises(UsageError, match="max_lr must be at least 0"):
        kind(float("nan"))


def test_wrong_shares_are_refused() -> None:
    for rise in (0.0, 1.0):
        with pytest.raises(UsageError, match=r"warmup is a share of the run, in \(0, 1\)"):
            OneCycle(warmup=rise)
    with pytest.raises(UsageError, match=r"warmup is a share of the run, in \[0, 1\)"):
        Warmup(warmup=1.0)
    with pytest.raises(UsageError, match="start must be at least 0"):
        OneCycle(start=-0.1)
    with pytest.raises(UsageError, match="factor must be at least 0"):
        Step(factor=-0.1)


def test_a_schedule_without_a_rule_says_so() -> None:
    @dataclass(frozen=True)
    class Mine(Schedule):
        pass

    with pytest.raises(
        UsageError, match=r"Mine has no rule; write one with @learning_rate_after\.register"
    ):
        learning_rate_at(Mine(), 0, 1)
