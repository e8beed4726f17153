from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from thumblab.bench import benchmark
from thumblab.bench.benchmark import (
    Workload,
    best_torch,
    check,
    measure,
    speedup,
    take_turns,
    without_torch,
    workloads,
)
from thumblab.bench.worker import CannotRunError
from thumblab.core.errors import UsageError

TIMES = {
    "numpy": [1.0, 2.0, 4.0],
    "torch_eager": [2.0, 6.0, 4.0],
    "torch_channels_last": [3.0, 3.0, 3.0],
    "torch_bfloat16": [0.1, 0.1, 0.1],
}
PROMISED = {
    "model",
    "batch",
    "engine",
    "mode",
    "step_ms",
    "images_per_second",
    "speedup_over_torch_eager",
    "peak_mb",
    "load",
    "spread",
    "malloc",
}


def test_ratios_are_medians_of_ratios_within_a_round() -> None:
    assert speedup(TIMES, "numpy", "torch_eager") == 2.0  # of 2, 3, 1; medians would give 4 / 2
    assert speedup(TIMES, "torch_channels_last", "torch_eager") == 1.333
    assert speedup(TIMES, "torch_eager", "torch_eager") == 1.0


def test_without_the_other_engine_there_is_no_ratio() -> None:
    assert speedup({"numpy": [1.0]}, "numpy", "torch_eager") is None
    assert speedup({"numpy": [1.0]}, "numpy", None) is None


def test_the_best_torch_is_the_fastest_of_float32() -> None:
    assert best_torch(TIMES) == "torch_channels_last"
    assert best_torch({"numpy": [1.0], "torch_bfloat16": [1.0]}) is None


class Fake:
    """A worker whose steps take a second each, and who notes when it is told to take some."""

    def __init__(self, name: str, told: list[str]) -> None:
        self.name, self.told = name, told

    def warm_up(self, seconds: float) -> int:
        return 4

    def run(self, steps: int) -> float:
        self.told.append(self.name)
        return float(steps)


def test_workers_take_turns_and_each_begins_a_round() -> None:
    told: list[str] = []
    workers: dict[str, Any] = {name: Fake(name, told) for name in "abc"}
    assert take_turns(workers, 4, 0.1) == {name: [1.0] * 4 for name in "abc"}
    assert "".join(told) == "abc" + "bca" + "cab" + "abc"
    assert take_turns({}, 4, 0.1) == {}


def test_a_repeat_ends_before_the_next_begins() -> None:
    listed = workloads(["a", "b"], [1, 2], ["train", "infer"], ["tuned"], 2)
    assert len(listed) == len(set(listed)) == 16
    assert [workload.repeat for workload in listed] == [0] * 8 + [1] * 8


@pytest.mark.parametrize(
    ("models", "engines", "said"),
    [
        (["vgg"], ["numpy"], "no model 'vgg'; choose from baseline_cnn, seven_layer"),
        (["mlp"], ["torch"], "no engine 'torch'; choose from numpy, reference, torch_eager"),
        ([], ["numpy"], "no model ''; choose from"),
    ],
)
def test_an_unknown_name_is_told_with_the_choices(
    models: list[str], engines: list[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        check(models, engines)


def test_without_torch_its_engines_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(benchmark, "find_spec", lambda name: None)
    assert without_torch(["numpy", "torch_eager", "reference"], said.append) == [
        "numpy",
        "reference",
    ]
    assert said == [
        "left out: torch_eager; PyTorch is not installed, pip install 'thumblab[torch]' brings it"
    ]
    said.clear()
    assert without_torch(["numpy"], said.append) == ["numpy"]
    assert not said


def test_stock_malloc_is_stock_whatever_the_user_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr(benchmark, "Worker", lambda arguments, own: given.append(own))
    for name in benchmark.TUNED:
        monkeypatch.setenv(name, "1")
    benchmark._worker(Workload("mlp", 8, "train", "stock"), "numpy")
    benchmark._worker(Workload("mlp", 8, "train", "tuned"), "numpy")
    assert not set(given[0]) & set(benchmark.TUNED)
    assert {name: given[1][name] for name in benchmark.TUNED} == benchmark.TUNED


def test_rows_have_what_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "BURST_SECONDS", 1e-3)
    monkeypatch.setattr(benchmark, "MEMORY_STEPS", 2)
    workload = Workload("lenet5", 16, "train", "stock")
    rows = measure(workload, ["numpy", "reference"], rounds=2, say=lambda what: None)
    assert [row.engine for row in rows] == ["numpy", "reference"]
    for row in rows:
        assert set(asdict(row)) >= PROMISED
        assert (row.model, row.batch, row.mode, row.malloc) == ("lenet5", 16, "train", "stock")
        assert (row.rounds, row.threads) == (2, 2)
        assert row.images_per_second == pytest.approx(16e3 / row.step_ms, rel=0.1)
        assert row.speedup_over_torch_eager is None
        assert row.peak_mb is None or 10 < row.peak_mb < 1000


def test_an_engine_that_cannot_run_is_said_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def __init__(self, workload: Workload, engine: str) -> None:
            raise CannotRunError("it needs a C++ compiler")

    said: list[str] = []
    monkeypatch.setattr(benchmark, "_worker", Refusing)
    assert not measure(
        Workload("mlp", 8, "train", "tuned"), ["torch_compiled"], rounds=1, say=said.append
    )
    assert said == ["left out: torch_compiled of mlp; it needs a C++ compiler"]
