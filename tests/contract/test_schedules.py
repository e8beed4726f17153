"""What every schedule must satisfy, found by listing ``thumblab.optim``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import thumblab.optim
from tests.contract.subjects import SCHEDULES, public
from tests.optional import torch
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.optim import Constant, Cosine, OneCycle, Schedule, Step, Warmup, learning_rate_at

NAMED = pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
scheduler = torch.optim.lr_scheduler
Twin = Callable[[Any, Any, int], Any]


def one_cycle_twin(schedule: OneCycle, optimizer: Any, steps: int) -> Any:
    """torch's last step stands at the end of the run, ours one step before it."""
    return scheduler.OneCycleLR(
        optimizer,
        max_lr=schedule.max_lr,
        total_steps=steps + 1,
        pct_start=(schedule.warmup * steps + 1) / (steps + 1),
        anneal_strategy="linear",
        cycle_momentum=False,
        div_factor=1 / schedule.start if schedule.start else 1e99,
        final_div_factor=schedule.start / schedule.final if schedule.final else 1e99,
    )


def warmup_twin(schedule: Warmup, optimizer: Any, steps: int) -> Any:
    rise = round(schedule.warmup * steps)
    up = scheduler.LinearLR(optimizer, 1 / rise, total_iters=rise - 1)
    then = TWINS[type(schedule.after)](schedule.after, optimizer, steps - rise)
    return scheduler.SequentialLR(optimizer, [up, then], [rise])


TWINS: dict[type, Twin] = {
    Constant: lambda schedule, optimizer, steps: scheduler.ConstantLR(optimizer, 1.0),
    Cosine: lambda schedule, optimizer, steps: scheduler.CosineAnnealingLR(
        optimizer, steps, schedule.final
    ),
    Step: lambda schedule, optimizer, steps: scheduler.MultiStepLR(
        optimizer, [-int(-share * steps // 1) for share in schedule.milestones], schedule.factor
    ),
    OneCycle: one_cycle_twin,
    Warmup: warmup_twin,
}


def learning_rates(schedule: Schedule, steps: int) -> np.ndarray:
    return np.array([learning_rate_at(schedule, step, steps) for step in range(steps)])


def test_every_schedule_has_an_example_and_a_twin() -> None:
    known = set(public(thumblab.optim, Schedule))
    assert known == {type(example) for example in SCHEDULES}
    assert known == set(TWINS)


@NAMED
@pytest.mark.parametrize("steps", [20, 200])
def test_rates_agree_with_torch(schedule: Schedule, steps: int) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], schedule.max_lr)
    twin = TWINS[type(schedule)](schedule, optimizer, steps)
    theirs = []
    for _ in range(steps):
        theirs.append(twin.get_last_lr()[0])
        optimizer.step()
        twin.step()
    np.testing.assert_allclose(learning_rates(schedule, steps), theirs, rtol=1e-9, atol=1e-12)


@NAMED
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 1000])
def test_rates_lie_between_0_and_the_peak(schedule: Schedule, steps: int) -> None:
    found = learning_rates(schedule, steps)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= schedule.max_lr * (1 + 1e-12)).all()
    assert found.max() > 0


@NAMED
def test_schedules_serialize(schedule: Schedule) -> None:
    copy = from_dict(to_dict(schedule))
    assert copy == schedule
    assert digest(copy) == digest(schedule)
    assert hash(copy) == hash(schedule)
