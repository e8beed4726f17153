"""Two processes of torchrun that train one network, over gloo."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.torch import pair
from tests.training.small import dataset, fingerprints
from thumblab.engines.torch.ranks import ALONE, Ranks, joined
from thumblab.runs import Run, find_runs
from thumblab.training import train

SECONDS = 200


@pytest.fixture(scope="module")
def distributed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which two processes have trained; not to be written to."""
    folder = tmp_path_factory.mktemp("pair")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    subprocess.run(
        [*command, pair.__file__, str(folder), "{}"],
        env=pair.environment(),
        check=True,
        timeout=SECONDS,
    )
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """What one process makes of the same."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("alone")
    yield list(train(pair.wanted(), dataset=dataset(), runs=folder))[-1].run
    torch.set_num_threads(threads)


def only(folder: Path) -> Run:
    (run,) = find_runs(folder / "runs")
    return run


def test_two_processes_train_what_one_does(distributed: Path, alone: Run) -> None:
    both = only(distributed)
    assert (both.status, both.result["workers"], alone.result["workers"]) == ("done", 2, 1)
    for (name, ours), theirs in zip(
        both.trained()[0].items(), alone.trained()[0].values(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=name)
    for ours, theirs in zip(both.metrics, alone.metrics, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-10)


def test_nothing_keeps_the_group(distributed: Path) -> None:
    """Its threads would wake while the interpreter ends, and end the process with SIGABRT."""
    gone = [np.load(distributed / f"gone{rank}.npy").tolist() for rank in range(2)]
    assert gone == [[True], [True]]


def test_every_image_is_counted_once(distributed: Path, alone: Run) -> None:
    """Validation at the end of three epochs, then validation and test for the run: all odd numbers."""
    seen = [np.load(distributed / f"seen{rank}.npy") for rank in range(2)]
    held, tests = 47, 47
    assert sum(map(sum, seen)) == 3 * held + held + tests
    np.testing.assert_array_equal(seen[0] + seen[1], [held] * 4 + [tests])
    assert (abs(seen[0] - seen[1]) == 1).all()
    for name, wanted in alone.predictions.items():
        np.testing.assert_allclose(only(distributed).predictions[name], wanted, atol=1e-9)


def killed(folder: Path, victim: int, step: int) -> None:
    """Trains on, until a process kills itself; the other notices and ends."""
    ended = pair.ends(
        pair.start(folder, resume=True, **{str(victim): {"signal": "SIGKILL", "step": step}})
    )
    assert ended[victim][0] == -9
    code, said = ended[1 - victim]
    assert code == 75
    assert "RankError: another process of this training has died or hangs" in said
    assert "them again, and resume the run" in said
    assert only(folder).status == "unfinished"


@pytest.mark.timeout(600)
def test_left_and_killed_and_resumed_a_run_ends_bit_identical(
    distributed: Path, tmp_path: Path
) -> None:
    assert [code for code, _ in pair.ends(pair.start(tmp_path, leave=4))] == [0, 0]
    forgot = pair.ends(pair.start(tmp_path))
    assert [code for code, _ in forgot] == [2, 2]
    assert "resume it, or delete the folder" in forgot[0][1]
    killed(tmp_path, victim=1, step=9)
    killed(tmp_path, victim=0, step=14)
    assert [code for code, _ in pair.ends(pair.start(tmp_path, resume=True))] == [0, 0]
    assert fingerprints(only(tmp_path)) == fingerprints(only(distributed))


def test_a_rank_that_hangs_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    processes = pair.start(tmp_path, seconds=3, **{"1": {"signal": "SIGSTOP", "step": 7}})
    try:
        _, said = processes[0].communicate(timeout=SECONDS)
        assert processes[0].returncode == 75, said
        assert "has died or hangs" in said
    finally:
        processes[1].kill()
        processes[1].communicate()


def test_other_commands_on_other_ranks_are_refused(tmp_path: Path) -> None:
    for code, said in pair.ends(pair.start(tmp_path, **{"1": {"seed": 5}})):
        assert code == 2
        assert "were given different commands or data; start all of them with the same" in said
    assert not (tmp_path / "runs").exists()


@given(samples=st.integers(0, 1000), size=st.integers(1, 9))
def test_shares_are_every_sample_once_and_nearly_equal(samples: int, size: int) -> None:
    shares = [Ranks(rank, size).partition(samples) for rank in range(size)]
    assert [i for share in shares for i in range(samples)[share]] == list(range(samples))
    lengths = [share.stop - share.start for share in shares]
    assert max(lengths) - min(lengths) <= 1


def test_one_process_is_alone() -> None:
    assert joined() == ALONE
    logits = torch.arange(6.0).reshape(3, 2)
    assert ALONE.gather(logits, 3) is logits
    with pytest.raises(ValueError, match="3 rows are not rank 0's share of 4"):
        ALONE.gather(logits, 4)
