from __future__ import annotations

from dataclasses import replace

from thumblab.evaluation.cost import Cost
from thumblab.evaluation.fronts import fronts, luck_of

NET = Cost(100.0, 1000.0, 1234, 2_500_000, 4.9, 12.0, 1.5, 250.0, 20.0)


def test_networks_of_one_architecture_do_not_beat_each_other_by_the_clock() -> None:
    """Two equal networks, one of them timed on a busy machine."""
    costs = {
        "first": [NET, replace(NET, train_seconds=112.0)],
        "second": [replace(NET, train_seconds=104.0, batch_microseconds=262.0)],
    }
    for found in fronts(costs, {"first": 0.9, "second": 0.9}).values():
        assert found == {"first": True, "second": True}


def test_an_arm_costs_its_median_not_its_luckiest_run() -> None:
    times = [replace(NET, train_seconds=seconds) for seconds in (50.0, 100.0, 101.0)]
    costs = {"lucky": times, "steady": [replace(NET, train_seconds=70.0)] * 2}
    found = fronts(costs, {"lucky": 0.9, "steady": 0.9})["train_seconds"]
    assert found == {"lucky": False, "steady": True}


def test_what_is_far_cheaper_or_better_still_wins() -> None:
    costs = {
        "slow": [replace(NET, train_seconds=300.0, batch_microseconds=900.0, parameters=9999)],
        "quick": [NET],
    }
    found = fronts(costs, {"slow": 0.9, "quick": 0.9})
    assert found["train_seconds"] == found["batch_microseconds"] == {"slow": False, "quick": True}
    assert found["parameters"] == {"slow": False, "quick": True}
    better = fronts(costs, {"slow": 0.95, "quick": 0.9})
    assert better["train_seconds"] == better["parameters"] == {"slow": True, "quick": True}
    assert better["flops"] == {"slow": True, "quick": False}


def test_luck_earns_no_star() -> None:
    """What costs more has to be better by more than seeds and images leave open."""
    costs = {"large": [replace(NET, parameters=9999)], "small": [NET]}
    luck = dict.fromkeys(costs, luck_of(0.9, 0.002, 3, 10_000))
    better = fronts(costs, {"large": 0.905, "small": 0.9}, luck)
    assert better["parameters"] == {"large": False, "small": True}
    better = fronts(costs, {"large": 0.91, "small": 0.9}, luck)
    assert better["parameters"] == {"large": True, "small": True}
    assert luck_of(0.9, None, 1, 10_000) < luck_of(0.9, 0.01, 3, 10_000)
