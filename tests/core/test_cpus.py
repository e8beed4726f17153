"""Control groups as containers have them, written down under a temporary folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thumblab.core import cpus
from thumblab.core.cpus import cpu_quotas, usable_cpus


@pytest.fixture(autouse=True)
def _sixty_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpus, "_bound", lambda: 64)


def written(folder: Path, files: dict[str, str]) -> tuple[Path, Path]:
    """The folder of control groups, and the file that says which of them this process is in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return folder / "groups", folder / "membership"


def first_version(group: str, quota: int, period: int = 100_000) -> dict[str, str]:
    return {
        f"groups/{group}/cpu.cfs_quota_us": str(quota),
        f"groups/{group}/cpu.cfs_period_us": str(period),
    }


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"membership": "0::/", "groups/cpu.max": "400000 100000"}, 4),
        ({"membership": "0::/", "groups/cpu.max": "max 100000"}, 64),
        ({"membership": "0::/", "groups/cpu.max": "250000 100000"}, 2),
        ({"membership": "0::/", "groups/cpu.max": "50000 100000"}, 1),
        ({"membership": "0::/", "groups/cpu.max": "9900000 100000"}, 64),
        ({"membership": "0::/", "groups/cpu.max": "30000 10000"}, 3),
        (
            {
                "membership": "0::/a.slice/b.scope",
                "groups/a.slice/cpu.max": "300000 100000",
                "groups/a.slice/b.scope/cpu.max": "max 100000",
            },
            3,
        ),
        (
            {
                "membership": "0::/a.slice/b.scope",
                "groups/a.slice/cpu.max": "800000 100000",
                "groups/a.slice/b.scope/cpu.max": "200000 100000",
            },
            2,
        ),
        ({"membership": "0::/docker/of the host's", "groups/cpu.max": "500000 100000"}, 5),
        ({"membership": "0::/../../elsewhere", "groups/cpu.max": "500000 100000"}, 5),
        ({"membership": "5:cpu,cpuacct:/", **first_version("cpu,cpuacct", 400_000)}, 4),
        ({"membership": "1:cpu:/\n0::/", **first_version("cpu", -1)}, 64),
        ({"membership": "1:cpu:/docker/1a\n0::/", **first_version("cpu", 600_000)}, 6),
        (
            {
                "membership": "2:cpuset:/\n1:cpu:/pod/one",
                **first_version("cpu/pod", 700_000),
                **first_version("cpu/pod/one", -1),
            },
            7,
        ),
        ({"membership": "1:name=systemd:/\n0::/x", "groups/unified/x/cpu.max": "200000 100000"}, 2),
        ({"membership": "0::/", "groups/cpu.max": "nonsense"}, 64),
        ({"membership": "0::/", "groups/cpu.max": "100000 0"}, 64),
        ({"membership": "what\n::", "groups/other": ""}, 64),
        ({"groups/cpu.max": "400000 100000"}, 4),
        ({}, 64),
    ],
)
def test_a_containers_quota_limits_the_workers(
    files: dict[str, str], wanted: int, tmp_path: Path
) -> None:
    """With 64 CPUs and ``docker run --cpus=4``, sixty-four workers used to be started."""
    assert usable_cpus(*written(tmp_path, files)) == wanted


def test_a_part_of_a_cpu_is_reported_as_it_is(tmp_path: Path) -> None:
    files = {"membership": "0::/", "groups/cpu.max": "250000 100000"}
    assert list(cpu_quotas(*written(tmp_path, files))) == [2.5]


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.undo()
    return monkeypatch


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_cpus_are_those_that_this_process_is_bound_to(
    bound: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert usable_cpus(tmp_path, tmp_path / "none") == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert usable_cpus(tmp_path, tmp_path / "none") == len(allowed)


def test_python_and_systems_without_an_affinity_are_asked_otherwise(
    bound: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nowhere = tmp_path, tmp_path / "none"
    bound.delattr(os, "sched_getaffinity", raising=False)
    bound.delattr(os, "process_cpu_count", raising=False)
    bound.setattr(os, "cpu_count", lambda: 6)
    assert usable_cpus(*nowhere) == 6
    bound.setattr(os, "cpu_count", lambda: None)
    assert usable_cpus(*nowhere) == 1
    bound.setattr(os, "process_cpu_count", lambda: 3, raising=False)
    assert usable_cpus(*nowhere) == 3
