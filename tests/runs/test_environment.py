import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import dataset, experiment
from tests.training.test_loop import stop_after
from thumblab.kernels.conv_shape import ConvShape
from thumblab.kernels.plan import Choice, Plan
from thumblab.runs.environment import earlier_sessions, environment, warn_if_other
from thumblab.training import train


def test_what_bits_depend_on_is_written_down() -> None:
    plan = Plan((Choice(ConvShape(1, 4, 6, 8, 3, 1, ((1, 1), (1, 1))), "winograd2"),))
    found = environment(3, command=["thumblab", "train"], plan=plan)
    assert json.loads(json.dumps(found)) == found
    assert (found["schema"], found["workers"], found["threads_per_worker"]) == (3, 3, 1)
    assert found["plan"]["choices"][0]["algorithm"] == "winograd2"
    assert found["packages"]["numpy"] == np.__version__
    assert found["machine"]["cores"] == os.cpu_count()
    assert found["machine"]["processor"]
    assert found["command"] == ["thumblab", "train"]
    assert all({"internal_api", "version", "architecture"} <= set(blas) for blas in found["blas"])


def test_the_command_is_this_process_by_default_without_its_folder() -> None:
    command = environment(1)["command"]
    assert command
    assert "/" not in command[0]


def test_going_on_with_something_else_is_warned_of() -> None:
    now = environment(2, device_and_threads=("cpu", 4))
    warn_if_other(now, now)
    warn_if_other({}, now)
    with pytest.warns(
        UserWarning, match=r"with workers 2 instead of 3, threads_per_worker 4 instead of 1"
    ):
        warn_if_other(environment(3), now)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told["packages"].update(numpy="1.0"), r"with numpy [\d.]+ instead of 1\.0,"),
        (lambda told: told["machine"].update(processor="Z80"), "with processor .* instead of Z80,"),
        (lambda told: told["blas"][0].update(architecture="Zen9"), r"kernels .* instead of .*Zen9"),
    ],
    ids=["version", "processor", "kernel"],
)
def test_so_are_other_versions_and_another_machine(change: Any, said: str) -> None:
    now = environment(2)
    before = json.loads(json.dumps(now))
    change(before)
    with pytest.warns(UserWarning, match=said):
        warn_if_other(before, now)
    del before["packages"], before["machine"], before["blas"]
    warn_if_other(before, now)


def test_a_run_that_goes_on_with_other_workers_says_so(tmp_path: Path) -> None:
    stop_after(1, tmp_path)
    with pytest.warns(UserWarning, match="the run goes on with workers 1 instead of 2"):
        *_, last = train(experiment(), dataset=dataset(), runs=tmp_path, workers=1, resume=True)
    told = last.run.environment
    assert told is not None
    assert [each["workers"] for each in told["earlier"]] == [2]
    assert told["workers"] == 1


def test_a_run_that_goes_on_as_it_was_has_no_other_sessions(tmp_path: Path) -> None:
    stop_after(1, tmp_path)
    *_, last = train(experiment(), dataset=dataset(), runs=tmp_path, workers=2, resume=True)
    assert last.run.environment is not None
    assert "earlier" not in last.run.environment


def test_other_sessions_are_told_once() -> None:
    three, two = environment(3), environment(2)
    first = earlier_sessions(three, two)
    assert [each["workers"] for each in first] == [3]
    again = earlier_sessions(two | {"earlier": first}, three)
    assert [each["workers"] for each in again] == [2]
    assert earlier_sessions({"earlier": "damaged"}, three) == []
